import { scenario } from '../../harness/scenario/scenario.ts'

/** ms that encoder, target and viewer take without any link. */
const OWN_BUDGET_MS = 400

/**
 * What each link adds of its own, ms: its delay one way; a round trip for a loss, because TCP sends
 * again before anything passes; and what is particular to it.
 */
const PRESETS = [
  // 25 ms one way; a key frame of 20 kB fills 384 kbit/s for some 400 ms: its queue.
  { preset: 'dsl', delayMs: 25, repairMs: 50, ownMs: 400 },
  // 280 ms one way.
  { preset: 'satellite-geo', delayMs: 280, repairMs: 560, ownMs: 0 },
  // Its trace begins with 50 to 70 ms one way and 0.2 to 1.1 % loss.
  { preset: 'train', delayMs: 60, repairMs: 120, ownMs: 250 },
  // 3 ms one way; jitter that is 76 ms in one packet of twenty, and more where order is kept.
  { preset: 'wifi-busy', delayMs: 3, repairMs: 6, ownMs: 250 },
] as const

scenario(
  'OBS over DSL, a satellite, from a train and over busy Wi-Fi stays within what each link costs and 400 ms',
  { timeoutMs: 60_000 },
  async ({ createStream, encoder, viewer, link, expectLatency }) => {
    const streams = await Promise.all(
      PRESETS.map(async ({ preset }) => {
        const through = link(preset)
        const to = await createStream()
        // A burst of losses may eat every SYN of a connection; whoever publishes tries once more.
        await encoder('obs-29', { to, through }).catch(() => encoder('obs-29', { to, through }))
        return to
      }),
    )
    const watching = streams.map((stream) => viewer.h5live(stream))
    await Promise.all(watching.map((watch) => watch.frames(180, { timeoutMs: 30_000 })))
    for (const [index, { delayMs, repairMs, ownMs }] of PRESETS.entries())
      expectLatency(watching[index]!, `p(95)<${OWN_BUDGET_MS + delayMs + repairMs + ownMs}ms`)
  },
)
