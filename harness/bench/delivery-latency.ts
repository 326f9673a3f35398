import type { Benchmark } from './benchmark.ts'
import { percentileFigure } from './benchmark.ts'
import { measureRelay } from './relay-path.ts'
import { withReference } from './with-reference.ts'

const CLIP = '720p30'

/** From the stamp in the encoder to the last byte at one viewer, beside a plain relay. */
export const deliveryLatency: Benchmark = {
  id: 'delivery-latency',
  title: 'Delivery latency, RTMP to H5Live, 720p30 at 1 Mbit/s, one viewer',
  method:
    'Encoder and viewer in one process, the reference in another; composed (stamp in the SEI) to ' +
    'received (last byte). The relay passes the same frames on over TCP in a process of its own.',
  async run({ seconds, signal }) {
    const latency = await withReference(signal, async (bench) => {
      const stream = await bench.createStream()
      await bench.publish(stream, { video: CLIP })
      const viewer = bench.watch(stream)
      await viewer.frames(Math.round(seconds * 30), { timeoutMs: seconds * 1000 + 10_000 })
      return { histogram: viewer.latency, lost: viewer.stats.lost }
    })
    const relay = await measureRelay(CLIP, seconds)
    const { histogram } = latency
    return [
      percentileFigure('H5Live', histogram, 50, { operator: '<=', value: 3 }),
      percentileFigure('H5Live', histogram, 99, { operator: '<=', value: 15 }),
      percentileFigure('plain TCP relay', relay, 50),
      percentileFigure('plain TCP relay', relay, 99),
      {
        name: 'H5Live p50 ÷ relay p50',
        value: histogram.percentile(50) / relay.percentile(50),
        unit: '×',
        count: histogram.count,
        bound: ratioBound(histogram.bounds(50), relay.bounds(50)),
        goal: { operator: '<=', value: 3 },
      },
      {
        name: 'frames lost',
        value: latency.lost,
        unit: 'frames',
        count: histogram.count,
        bound: 'exact',
        goal: { operator: '==', value: 0 },
      },
    ]
  },
}

function ratioBound(
  above: { low: number | null; high: number | null },
  below: { low: number | null; high: number | null },
): string {
  if (above.low === null || above.high === null || below.low === null || below.high === null)
    return 'too few samples'
  return `${(above.low / below.high).toFixed(2)}–${(above.high / below.low).toFixed(2)} × (95 %)`
}
