import { expect } from 'vitest'
import { scenario } from '../../harness/scenario/scenario.ts'
import { modelledPlayback } from '../../harness/viewers/hls-playback.ts'

scenario(
  'LL-HLS delivers every frame within a second, and is played within three',
  async ({ createStream, encoder, viewer, expectLatency }) => {
    const stream = await createStream()
    await encoder('obs-29', { to: stream })
    const watch = viewer.hls(stream)
    await watch.frames(360, { timeoutMs: 30_000 })
    expect(watch.stats.lost).toBe(0)
    expectLatency(watch, 'count>=240', 'p(95)<1000ms')
    const playback = modelledPlayback(watch.record)
    expectLatency(playback, 'count>=240', 'p(95)<3000ms')
    expect(playback.stalledMs).toBeLessThan(playback.playedMs / 100)
  },
)
