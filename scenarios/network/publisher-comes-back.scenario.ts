import { setTimeout as delay } from 'node:timers/promises'
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

/** A publisher that was silent for 3 s may be replaced. */
const SILENT_MS = 4_000

scenario(
  'an encoder whose connection is half-open is replaced by its successor, and viewers stay',
  { timeoutMs: 90_000, concurrent: true },
  async ({ createStream, encoder, viewer, link }) => {
    const stream = await createStream()
    const uplink = link('lte')
    await encoder('obs-29', { to: stream, through: uplink })
    const watch = viewer.h5live(stream)
    await watch.frames(60)
    // The NAT has forgotten the connection: neither side is told.
    uplink.halfOpen(true)
    await delay(SILENT_MS)
    await encoder('obs-29', { to: stream })
    await watch.frames(watch.stats.frames + 90, { timeoutMs: 10_000 })
  },
)

/**
 * ms until the picture is back, at most: 5 s until a caller gives up a peer that is silent, its
 * pause before it calls again, the time to take over, and a group of pictures.
 */
const AWAY_BUDGET_MS = 15_000

scenario(
  'an SRT encoder behind a NAT that forgets it comes back by itself, and viewers stay',
  { needs: ['reference'], timeoutMs: 60_000, concurrent: true },
  async ({ createStream, encoder, viewer, link }) => {
    const stream = await createStream()
    const uplink = link('lte')
    await encoder('obs-29', { to: stream, url: stream.ingest.srt!, through: uplink })
    const watch = viewer.h5live(stream)
    await watch.frames(60)
    // The same packets from another source port.
    uplink.rebind()
    await watch.frames(watch.stats.frames + 150, { timeoutMs: AWAY_BUDGET_MS })
  },
)
