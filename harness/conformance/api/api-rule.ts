import { LiveproofError } from '../../errors.ts'
import type { ProbeContext } from '../probe-context.ts'
import type { Finding, ProbedRule } from '../rule.ts'
import { OwnStreams } from './own-streams.ts'

export type ApiRule = ProbedRule<ProbeContext>

type Card = Omit<ApiRule, 'kind' | 'probe' | 'level'> & { readonly level?: ApiRule['level'] }

/** Nobody was there to answer, or nobody waited: that says nothing about the rule. */
const NO_ANSWER = new Set(['LP_API_UNREACHABLE', 'LP_API_ABORTED'])

/**
 * A rule of the family `api.*`. Its streams are deleted when it is done, and an answer of the
 * target that ends the probe early is a breach with the error's text.
 */
export function apiRule(
  card: Card,
  probe: (context: ProbeContext, own: OwnStreams) => Promise<Finding>,
): ApiRule {
  return {
    kind: 'probed',
    level: 'must',
    ...card,
    async probe(context) {
      const own = new OwnStreams(context)
      try {
        return await probe(context, own)
      } catch (error) {
        if (!(error instanceof LiveproofError) || !error.code.startsWith('LP_API_')) throw error
        if (NO_ANSWER.has(error.code)) throw error
        return {
          result: 'broken',
          expected: card.title,
          actual: `${error.message} [${error.code}]`,
        }
      } finally {
        await own.delete()
      }
    },
  }
}
