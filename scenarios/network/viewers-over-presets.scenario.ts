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
  async ({ createStream, encoder, viewer, link, expectLatency }) => {
    const stream = await createStream()
    await encoder('obs-29', { to: stream })
    const presets = listLinks().reverse()
    const watching = presets.flatMap((preset) =>
      [viewer.h5live, viewer.progressive].map(async (open) => {
        const through = link(preset)
        const first = await open(stream, { through })
        const whole = first.frames(180, { timeoutMs: 25_000 }).then(() => first)
        // A burst of losses may eat every SYN of a connection; whoever watches tries once more.
        const watch = await whole.catch(async (error: unknown) => {
          if (first.stats.frames > 0) throw error
          const second = await open(stream, { through })
          await second.frames(180, { timeoutMs: 25_000 })
          return second
        })
        if (preset === BEYOND) return
        // TCP brings every frame, however late. Judged at once: what a link does later by its own
        // schedule is not in the budget.
        expect(watch.stats.lost, `frames lost over ${preset}`).toBe(0)
        const budgetMs = OWN_BUDGET_MS + totalMs(linkCost(through.described, 'down', 'tcp'))
        expectLatency(watch, `p(95)<${budgetMs}ms`)
      }),
    )
    // What nothing is promised for is shown where it works, and nobody waits for it.
    for (const one of watching) one.catch(() => {})
    await Promise.all(watching.filter((_, index) => presets[index >> 1] !== BEYOND))
  },
)
