import { expect } from 'vitest'
import { listLinks } from '../../harness/network/load-link.ts'
import { type Carrier, linkCost, totalMs } from '../../harness/scenario/link-cost.ts'
import { scenario } from '../../harness/scenario/scenario.ts'
import type { TargetStream } from '../../harness/targets/target.ts'

/** ms that encoder, target and viewer take without any link. */
const OWN_BUDGET_MS = 400
/** Share of frames that may be missing where the protocol gives up what comes too late. */
const MOST_LOST = 0.05

interface Way {
  readonly profile: string
  readonly carrier: Carrier
  url(stream: TargetStream): string | undefined
  /** Presets for which nothing is promised, and why. */
  readonly beyond: Readonly<Record<string, string>>
}

const STORM = 'jitter of up to 800 ms and bursts of losses: more than'

const WAYS: Record<'RTMP' | 'SRT' | 'WHIP', Way> = {
  RTMP: {
    profile: 'obs-29',
    carrier: 'tcp',
    url: ({ ingest }) => ingest.rtmp,
    beyond: { 'conference-wifi': `${STORM} TCP repairs without time-outs that double` },
  },
  SRT: {
    profile: 'obs-29',
    carrier: 'srt',
    url: ({ ingest }) => ingest.srt,
    beyond: {
      'conference-wifi': `${STORM} a latency of 200 ms holds`,
      dsl: 'with what MPEG-TS and SRT add, the stream is larger than its 384 kbit/s',
    },
  },
  WHIP: {
    profile: 'obs-32',
    carrier: 'whip',
    url: ({ ingest }) => ingest.whip?.url,
    beyond: {
      'conference-wifi': `${STORM} a receiver waits for`,
      dsl: 'OBS keeps its bit rate; what is asked for again finds no room in 384 kbit/s, and one loss brings the next',
    },
  },
}

scenario.each(Object.keys(WAYS) as (keyof typeof WAYS)[])(
  'OBS over %s stays within what each preset costs by its own description, and 400 ms',
  { needs: ['reference'], timeoutMs: 60_000 },
  async ({ createStream, encoder, viewer, link, expectLatency }, protocol) => {
    const { profile, carrier, url, beyond } = WAYS[protocol]
    // One seed for each preset, the same for every protocol: so the report can compare them.
    const uplinks = listLinks()
      .reverse()
      .map((preset) => link(preset))
    const watching = uplinks.map(async (through) => {
      const to = await createStream()
      const publish = () => encoder(profile, { to, url: url(to)!, through })
      // A burst counts packets, not time: it may eat every SYN or check of an attempt, or of two.
      await publish().catch(publish).catch(publish)
      const watch = viewer.h5live(to)
      await watch.frames(180, { timeoutMs: 25_000 })
      // Judged at once: what a link does later by its own schedule is not in the budget.
      if (through.id in beyond) return
      const budgetMs = OWN_BUDGET_MS + totalMs(linkCost(through.described, 'up', carrier))
      expectLatency(watch, `p(95)<${budgetMs}ms`)
      const { lost, frames } = watch.stats
      const most = carrier === 'tcp' ? 0 : MOST_LOST
      const share = lost / (lost + frames)
      expect(share, `share of frames lost over ${through.id}`).toBeLessThanOrEqual(most)
    })
    // What nothing is promised for is shown where it works, and nobody waits for it.
    for (const one of watching) one.catch(() => {})
    await Promise.all(watching.filter((_, index) => !(uplinks[index]!.id in beyond)))
  },
)
