import type { Outcome, Verdict } from '../conformance/rule.ts'
import type { RunRecord, ScenarioRecord, ScenarioStatus, Summary } from './run-record.ts'

interface ScenarioParts {
  readonly verdicts: readonly Verdict[]
  readonly error?: unknown
  /** Said by whoever ran it: it was not run, or the harness was not well while it ran. */
  readonly claimed?: 'skipped' | 'invalid'
}

/**
 * Invalid beats fail: what an unwell harness saw says nothing about the target.
 * A scenario in which no rule could be judged counts as skipped, not as passed.
 */
export function scenarioStatus({ verdicts, error, claimed }: ScenarioParts): ScenarioStatus {
  const seen = new Set(verdicts.map((verdict) => verdict.outcome))
  if (claimed === 'invalid' || seen.has('invalid')) return 'invalid'
  if (error !== undefined || seen.has('fail')) return 'fail'
  if (claimed === 'skipped') return 'skipped'
  if (seen.has('warn')) return 'warn'
  if (seen.size === 1 && seen.has('skipped')) return 'skipped'
  return 'pass'
}

/**
 * Counts, one sentence, and the exit code:
 *  1. Unwell over the whole run: 3, whatever was found, for it may be the harness's own doing.
 *  2. A finding of a valid scenario, or a target that crashed: 1. It stays true even when another
 *     scenario was invalid or the run was cut short.
 *  3. Any invalid scenario, an interruption, a run not finished, or nothing run: 3.
 *  4. Otherwise 0; warnings are conformant.
 */
export function summarise(record: Omit<RunRecord, 'summary'>): Summary {
  const counts = {
    scenarios: countBy(statuses, record.scenarios, (scenario) => scenario.status),
    verdicts: countBy(outcomes, record.scenarios.flatMap(believed), (outcome) => outcome),
  }
  return { ...judge(record, counts.scenarios), ...counts }
}

/** Whatever a rule said in an invalid scenario, nobody can vouch for it: not for a pass either. */
function believed({ status, verdicts }: ScenarioRecord): Outcome[] {
  return verdicts.map(({ outcome }) => (status === 'invalid' ? 'invalid' : outcome))
}

function judge(
  { run, health, scenarios }: Omit<RunRecord, 'summary'>,
  counts: Record<ScenarioStatus, number>,
): Pick<Summary, 'status' | 'sentence' | 'exitCode'> {
  const ran = scenarios.length - counts.skipped
  const scope = `${plural(ran, 'scenario')} run`
  const broken = brokenRules(scenarios)
  const crashed = run.interrupted?.cause === 'target-crashed'
  const cut = run.interrupted
    ? `, then interrupted (${run.interrupted.detail})`
    : run.complete
      ? ''
      : ', not finished'

  if (health.status === 'invalid') {
    const cause = health.causes[0] ?? 'harness unwell'
    return {
      status: 'invalid',
      exitCode: 3,
      sentence: `The harness cannot vouch for this run: ${cause}`,
    }
  }
  if (counts.fail > 0 || crashed) {
    const found = [
      crashed ? 'the target crashed' : '',
      counts.fail > 0 ? `${plural(counts.fail, 'scenario')} failed` : '',
      broken > 0 ? `${plural(broken, 'rule')} broken` : '',
    ].filter((part) => part !== '')
    const sentence = `${capital(found.join(', '))}; ${scope}${crashed ? '' : cut}`
    return { status: 'fail', exitCode: 1, sentence }
  }
  if (ran === 0) {
    const why = scenarios.length === 0 ? 'No scenario ran' : 'Every scenario was skipped'
    return { status: 'empty', exitCode: 3, sentence: `${why}${cut}: nothing is proven` }
  }
  if (counts.invalid > 0) {
    const sentence = `The harness cannot vouch for ${counts.invalid} of ${scope}${cut}`
    return { status: 'invalid', exitCode: 3, sentence }
  }
  if (cut !== '') {
    return { status: 'invalid', exitCode: 3, sentence: `No finding in ${scope}${cut}` }
  }
  if (counts.warn > 0) {
    const sentence = `Conformant, with warnings in ${counts.warn} of ${scope}`
    return { status: 'warn', exitCode: 0, sentence }
  }
  return { status: 'pass', exitCode: 0, sentence: `Conformant: ${scope}, no rule broken` }
}

const statuses = ['pass', 'warn', 'fail', 'skipped', 'invalid'] as const
const outcomes = ['pass', 'warn', 'fail', 'info', 'skipped', 'invalid'] as const

function countBy<K extends string, T>(
  keys: readonly K[],
  items: readonly T[],
  keyOf: (item: T) => K,
): Record<K, number> {
  const counts = Object.fromEntries(keys.map((key) => [key, 0])) as Record<K, number>
  for (const item of items) counts[keyOf(item)] += 1
  return counts
}

function brokenRules(scenarios: readonly ScenarioRecord[]): number {
  const valid = scenarios.filter((scenario) => scenario.status !== 'invalid')
  const failed = valid
    .flatMap((scenario) => scenario.verdicts)
    .filter((verdict) => verdict.outcome === 'fail')
  return new Set(failed.map((verdict) => verdict.rule)).size
}

function plural(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
