import { setTimeout as delay } from 'node:timers/promises'
import type { Viewer } from '../../viewers/viewer.ts'
import type { ProbeContext } from '../probe-context.ts'
import type { ProbedRule } from '../rule.ts'
import { fairly, type Sends } from './fairly.ts'
import { type Format, JOIN_GAP_MS, JOINS, startupBudget } from './limits.ts'
import { judgeStartup } from './seen-playback.ts'
import { openViewer } from './watch-formats.ts'

/** ms beyond a budget that a viewer is waited for. */
const PATIENCE_MS = 2_500
/** ms of a link that is taken for the machine's own slowness: three round trips make a second. */
const SLOW_ROUND_TRIP_MS = 170
const FORMATS = ['H5Live', 'progressive', 'LL-HLS'] as const

export const startup: ProbedRule<ProbeContext> = {
  kind: 'probed',
  id: 'playback.startup',
  level: 'must',
  title: 'A viewer has its first picture within a second, with LL-HLS within two',
  source: { document: 'facts/nanostream', clause: '2.3, faststart; NF' },
  advice: 'send a late viewer the group of pictures that is under way, at once',
  mutants: [{ kind: 'fault', id: 'slow-start' }],
  probe: (context) =>
    fairly(
      context,
      (sends) => starts(context, sends),
      (seen, lenient) => judgeStartup(seen, lenient ? SLOW_ROUND_TRIP_MS : 0),
    ),
}

interface Starts {
  readonly format: Format
  /** ms from asking to the first picture; null for none */
  readonly ms: readonly (number | null)[]
}

async function starts(context: ProbeContext, sends: Sends): Promise<Starts[]> {
  const stream = await context.createStream()
  const encoder = await context.publish(stream)
  const viewers: { format: Format; viewer: Viewer }[] = []
  try {
    // What is measured is joining a running stream, not the encoder's own start.
    const first = openViewer('H5Live', stream, context.signal)!
    await first.frames(90).finally(() => first.close())
    for (let join = 0; join < JOINS; join++) {
      for (const format of FORMATS) {
        const viewer = openViewer(format, stream, context.signal)
        if (viewer !== null) viewers.push({ format, viewer })
      }
      await delay(JOIN_GAP_MS, undefined, { signal: context.signal })
    }
    const longest = Math.max(...FORMATS.map((format) => startupBudget(format) ?? 0))
    await Promise.race([
      Promise.allSettled(viewers.map(({ viewer }) => viewer.firstKeyFrame)),
      delay(longest + PATIENCE_MS, undefined, { signal: context.signal }),
    ])
    sends(encoder)
    return FORMATS.map((format) => {
      const those = viewers.filter((one) => one.format === format)
      return { format, ms: those.map(({ viewer }) => viewer.record.stages.firstKeyFrame) }
    })
  } finally {
    await Promise.allSettled(viewers.map(({ viewer }) => viewer.close()))
    await encoder.stop()
  }
}
