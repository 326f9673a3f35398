import { TargetError } from '../../errors.ts'
import { skipped } from '../findings.ts'
import type { ProbeContext } from '../probe-context.ts'
import type { Finding, ProbedRule } from '../rule.ts'
import { HlsProbe } from './hls-probe.ts'

type Card = Omit<ProbedRule<ProbeContext>, 'kind' | 'probe'>

/**
 * A rule about the HLS side of a live stream. A target that answers with what is no playlist, or
 * not at all, breaks it; one that offers no HLS is not judged.
 */
export function hlsRule(
  card: Card,
  judge: (probe: HlsProbe, context: ProbeContext) => Promise<Finding>,
): ProbedRule<ProbeContext> {
  return {
    ...card,
    kind: 'probed',
    probe: async (context) => {
      let probe: HlsProbe | null = null
      try {
        probe = await HlsProbe.open(context)
        if (probe === null) return skipped(card.title, 'the target names no HLS address')
        return await judge(probe, context)
      } catch (error) {
        const answered = error instanceof TargetError && /^LP_(VIEWER|PLAYLIST)/.test(error.code)
        if (!answered || context.signal.aborted) throw error
        return { result: 'broken', expected: card.title, actual: error.message }
      } finally {
        await probe?.close()
      }
    },
  }
}
