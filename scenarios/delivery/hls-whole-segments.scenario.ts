import { expect } from 'vitest'
import { scenario } from '../../harness/scenario/scenario.ts'
import { modelledPlayback } from '../../harness/viewers/hls-playback.ts'

/** Players start three target durations behind the end: the playlist must have them first. */
const EARLIER_FRAMES = 270

scenario(
  'HLS by whole segments is played within ten seconds',
  { concurrent: true },
  async ({ createStream, encoder, viewer, expectLatency }) => {
    const stream = await createStream()
    await encoder('obs-29', { to: stream })
    await viewer.hls(stream).frames(EARLIER_FRAMES, { timeoutMs: 30_000 })
    const watch = viewer.hls(stream, { lowLatency: false })
    await watch.frames(480, { timeoutMs: 30_000 })
    expect(watch.stats.lost).toBe(0)
    const playback = modelledPlayback(watch.record)
    expectLatency(playback, 'count>=400', 'p(95)<10000ms')
    expect(playback.stalledMs).toBeLessThan(playback.playedMs / 100)
  },
)
