import { expect } from 'vitest'
import { scenario } from '../../harness/scenario/scenario.ts'

/**
 * ms that the picture may stay away in all. TCP's time-outs double, so that a sender may notice the
 * end of a blackout only after as long again; reconnecting and a group of pictures come on top.
 */
const awayBudgetMs = (blackoutMs: number) => 2 * blackoutMs + 8_000

scenario.each(['2', '5', '20'])(
  'after the uplink was dark for %s s the picture returns by itself',
  { timeoutMs: 120_000, concurrent: true },
  async ({ createStream, encoder, viewer, link }, seconds) => {
    const blackoutMs = Number(seconds) * 1_000
    const stream = await createStream()
    const uplink = link('lte')
    await encoder('obs-29', { to: stream, through: uplink })
    const watch = viewer.h5live(stream)
    await watch.frames(60)
    const returned = uplink.blackout(blackoutMs, 'both')
    const before = watch.stats.frames
    await returned
    // Only what was already past the uplink may have come meanwhile.
    expect(watch.stats.frames - before).toBeLessThan(30)
    await watch.frames(watch.stats.frames + 90, { timeoutMs: awayBudgetMs(blackoutMs) })
  },
)
