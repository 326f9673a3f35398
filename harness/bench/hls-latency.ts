import { openHlsViewer } from '../viewers/hls-viewer.ts'
import { type Benchmark, percentileFigure } from './benchmark.ts'
import { withReference } from './with-reference.ts'

const CLIP = '720p30'
/** Frames until the playlist has its first segments. */
const FIRST_FRAMES = 60

export const hlsLatency: Benchmark = {
  id: 'hls-latency',
  title: 'Delivery latency, RTMP to LL-HLS with parts of a third of a second, 720p30 at 1 Mbit/s',
  method:
    'Encoder and one viewer in one process, the reference in another; composed (stamp in the SEI) ' +
    'to received (last byte of the part that holds the frame). The viewer asks for the hinted part ' +
    'before it exists, and takes it once the playlist lists it; hold-back is the business of players.',
  async run({ seconds, signal }) {
    const viewer = await withReference(signal, async (bench) => {
      const stream = await bench.createStream()
      await bench.publish(stream, { video: CLIP })
      const viewer = openHlsViewer(stream.playout.hls!, { signal, record: false })
      bench.atClose(() => viewer.close())
      await viewer.frames(FIRST_FRAMES, { timeoutMs: 15_000 })
      viewer.latency.reset()
      const frames = FIRST_FRAMES + Math.round(seconds * 30)
      await viewer.frames(frames, { timeoutMs: seconds * 1000 + 15_000 })
      return viewer
    })
    return [
      percentileFigure('LL-HLS', viewer.latency, 50),
      percentileFigure('LL-HLS', viewer.latency, 95, { operator: '<=', value: 1000 }),
      percentileFigure('LL-HLS', viewer.latency, 99),
      {
        name: 'frames lost',
        value: viewer.stats.lost,
        unit: 'frames',
        count: viewer.latency.count,
        bound: 'exact',
        goal: { operator: '==', value: 0 },
      },
    ]
  },
}
