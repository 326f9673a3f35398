import type { Encoder } from '../../encoders/encoder.ts'
import { HealthMonitor } from '../../measure/health.ts'
import { skipped } from '../findings.ts'
import type { ProbeContext } from '../probe-context.ts'
import type { Finding } from '../rule.ts'

/** What watching says of the encoders that it used. */
export type Sends = (encoder: Pick<Encoder, 'stats'>) => void

/**
 * Watches, and judges what was seen. Times are the machine's as much as the target's: what is seen
 * to be broken while the harness is short of time counts only where it is broken by far.
 * @param judge `lenient`: whether by far
 */
export async function fairly<T>(
  { target }: ProbeContext,
  watch: (sends: Sends) => Promise<T>,
  judge: (seen: T, lenient: boolean) => Finding,
): Promise<Finding> {
  const health = new HealthMonitor(target.reference ? { targetPid: target.reference.pid } : {})
  const sends: Sends = ({ stats: { framesSent: sent, lateSends: late } }) =>
    health.addSends({ sent, late })
  const watched = await watch(sends).then(
    (seen) => ({ seen }),
    (error: unknown) => ({ error }),
  )
  const { status, causes } = await health.stop()
  if ('error' in watched) throw watched.error
  const { seen } = watched
  const strict = judge(seen, false)
  if (strict.result !== 'broken' || status === 'healthy') return strict
  const byFar = judge(seen, true)
  if (byFar.result === 'broken') return byFar
  const why = `the harness was not fit to measure: ${causes.join('; ')}`
  return skipped(strict.expected, `${why}; seen: ${strict.actual}`)
}
