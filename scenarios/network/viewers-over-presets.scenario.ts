import { expect } from 'vitest'
import { listLinks } from '../../harness/network/load-link.ts'
import { linkCost, totalMs } from '../../harness/scenario/link-cost.ts'
import { scenario } from '../../harness/scenario/scenario.ts'

/** ms that encoder, target and viewer take without any link. */
const OWN_BUDGET_MS = 400
/** Jitter of up to 800 ms and bursts of losses: more than TCP repairs without time-outs that double. */
const BEYOND = 'conference-wifi'

scenario(
  'H5Live and progressive viewers see whole pictures within what each preset costs by its own description, and 400 ms',
  { timeoutMs: 60_000 },
  async ({ createStream, encoder, viewer, link, expectRules, expectLatency }) => {
    const stream = await createStream()
    await encoder('obs-29', { to: stream })
    const watching = await Promise.all(
      listLinks().flatMap((preset) =>
        [viewer.h5live, viewer.progressive].map(async (open) => {
          const through = link(preset)
          return { through, watch: await open(stream, { through }) }
        }),
      ),
    )
    await Promise.all(watching.map(({ watch }) => watch.frames(180, { timeoutMs: 30_000 })))
    await expectRules('h5live', 'progressive').toHold()
    for (const { through, watch } of watching) {
      // TCP brings every frame, however late.
      expect(watch.stats.lost, `frames lost over ${through.id}`).toBe(0)
      if (through.id === BEYOND) continue
      const budgetMs = OWN_BUDGET_MS + totalMs(linkCost(through.described, 'down', 'tcp'))
      expectLatency(watch, `p(95)<${budgetMs}ms`)
    }
  },
)
