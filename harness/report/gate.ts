import type { LatencyRecord, RunRecord, ScenarioRecord } from './run-record.ts'

export interface GateOptions {
  /** Share by which p95 may grow; 0.2 is 20 %. */
  readonly relative: number
  /** ms by which p95 may grow whatever the share: small figures jitter. */
  readonly absoluteMs: number
}

export const gateDefaults: GateOptions = { relative: 0.2, absoluteMs: 2 }

export interface Regression {
  readonly kind: 'crash' | 'verdict' | 'scenario' | 'latency' | 'lost' | 'missing'
  /** Its title; empty for a crash of the target. */
  readonly scenario: string
  /** The rule or the path, where there is one. */
  readonly subject?: string
  readonly before: string
  readonly after: string
}

export interface GateResult {
  readonly regressions: readonly Regression[]
  /** What a reader must know to trust the comparison. */
  readonly notes: readonly string[]
  readonly compared: {
    readonly scenarios: number
    readonly verdicts: number
    readonly paths: number
  }
  /** 0 no worse, 1 worse, 3 nothing to compare or a run that cannot be vouched for. */
  readonly exitCode: 0 | 1 | 3
}

/**
 * Is `report` worse than `baseline`? Scenarios are matched by id, rules and paths by name. What was
 * broken before and still is counts as known, not as worse. A latency is worse when p95 grew by
 * more than the tolerance and both error bounds together: less than that may be the clocks.
 */
export function gate(
  report: RunRecord,
  baseline: RunRecord,
  options: GateOptions = gateDefaults,
): GateResult {
  const now = new Map(report.scenarios.map((scenario) => [scenario.id, scenario]))
  const regressions: Regression[] = crashes(report, baseline)
  const compared = { scenarios: 0, verdicts: 0, paths: 0 }
  for (const before of baseline.scenarios) {
    if (before.status === 'skipped' || before.status === 'invalid') continue
    const after = now.get(before.id)
    if (after === undefined || after.status === 'skipped') {
      // What a cut run did not come to says nothing; the exit code does.
      if (report.run.complete || after) regressions.push(missing(before, after))
      continue
    }
    if (after.status === 'invalid') continue
    compared.scenarios++
    const verdicts = compareVerdicts(before, after)
    const paths = comparePaths(before, after, options)
    compared.verdicts += verdicts.compared
    compared.paths += paths.compared
    const worse = [...verdicts.regressions, ...paths.regressions]
    if (worse.length === 0 && before.status !== 'fail' && after.status === 'fail') {
      worse.push(brokeOff(before, after))
    }
    regressions.push(...worse)
  }
  const sound = report.summary.status !== 'invalid' && report.run.complete
  const exitCode = regressions.length > 0 ? 1 : !sound || compared.scenarios === 0 ? 3 : 0
  return {
    regressions: report.health.status === 'invalid' ? [] : regressions,
    notes: notesOn(report, baseline),
    compared,
    exitCode: report.health.status === 'invalid' ? 3 : exitCode,
  }
}

const ranks = { pass: 0, info: 0, skipped: 1, warn: 2, fail: 3, invalid: 0 } as const

function compareVerdicts(before: ScenarioRecord, after: ScenarioRecord) {
  const regressions: Regression[] = []
  let compared = 0
  const worstNow = worstByRule(after)
  for (const [rule, was] of worstByRule(before)) {
    if (was.outcome === 'skipped' || was.outcome === 'invalid') continue
    const is = worstNow.get(rule)
    if (is?.outcome === 'invalid') continue
    if (is !== undefined) compared++
    if (is !== undefined && ranks[is.outcome] <= ranks[was.outcome]) continue
    regressions.push({
      kind: is === undefined || is.outcome === 'skipped' ? 'missing' : 'verdict',
      scenario: after.title,
      subject: rule,
      before: `${was.outcome}: ${was.actual}`,
      after: is === undefined ? 'not judged' : `${is.outcome}: ${is.actual}`,
    })
  }
  for (const [rule, is] of worstNow) {
    if (worstByRuleHas(before, rule) || ranks[is.outcome] < ranks.warn) continue
    regressions.push({
      kind: 'verdict',
      scenario: after.title,
      subject: rule,
      before: 'not judged',
      after: `${is.outcome}: ${is.actual}`,
    })
  }
  return { regressions, compared }
}

function worstByRuleHas({ verdicts }: ScenarioRecord, rule: string): boolean {
  return verdicts.some((verdict) => verdict.rule === rule)
}

function worstByRule({ verdicts }: ScenarioRecord) {
  const worst = new Map<string, ScenarioRecord['verdicts'][number]>()
  for (const verdict of verdicts) {
    const known = worst.get(verdict.rule)
    if (!known || ranks[verdict.outcome] > ranks[known.outcome]) worst.set(verdict.rule, verdict)
  }
  return worst
}

function comparePaths(before: ScenarioRecord, after: ScenarioRecord, options: GateOptions) {
  const keyOf = ({ path, from, to }: LatencyRecord) => `${path}, ${from} → ${to}`
  const now = new Map(after.latency.map((latency) => [keyOf(latency), latency]))
  const regressions: Regression[] = []
  let compared = 0
  for (const was of before.latency) {
    const subject = keyOf(was)
    const is = now.get(subject)
    const about = { scenario: after.title, subject }
    if (is === undefined) {
      regressions.push({ ...about, kind: 'missing', before: figures(was), after: 'not measured' })
      continue
    }
    compared++
    const tolerated = Math.max(options.relative * was.p95, options.absoluteMs)
    if (is.p95 - was.p95 > tolerated + was.errorBoundMs + is.errorBoundMs) {
      regressions.push({ ...about, kind: 'latency', before: figures(was), after: figures(is) })
    }
    if (is.lost > was.lost) {
      const [lostBefore, lostNow] = [was, is].map(({ lost, count }) => `${lost} of ${count + lost}`)
      regressions.push({ ...about, kind: 'lost', before: lostBefore ?? '', after: lostNow ?? '' })
    }
  }
  return { regressions, compared }
}

function figures({ p95, errorBoundMs, count }: LatencyRecord): string {
  return `p95 ${p95.toFixed(2)} ms ± ${errorBoundMs} (${count} samples)`
}

function crashes({ run }: RunRecord, { run: before }: RunRecord): Regression[] {
  if (run.interrupted?.cause !== 'target-crashed') return []
  if (before.interrupted?.cause === 'target-crashed') return []
  return [{ kind: 'crash', scenario: '', before: 'target alive', after: run.interrupted.detail }]
}

function missing(before: ScenarioRecord, after: ScenarioRecord | undefined): Regression {
  const why = after === undefined ? 'not in this run' : `skipped: ${after.reason ?? 'no reason'}`
  return { kind: 'missing', scenario: before.title, before: before.status, after: why }
}

function brokeOff(before: ScenarioRecord, { title, error }: ScenarioRecord): Regression {
  const after = error ? `${error.code}: ${error.message}` : 'fail'
  return { kind: 'scenario', scenario: title, before: before.status, after }
}

function notesOn(report: RunRecord, baseline: RunRecord): string[] {
  const notes: string[] = []
  const hostOf = ({ run }: RunRecord) => `${run.host.cpu}, ${run.host.cores} cores`
  if (hostOf(report) !== hostOf(baseline)) {
    notes.push(`other hardware: ${hostOf(baseline)} before, ${hostOf(report)} now`)
  }
  const [was, is] = [baseline.run.target, report.run.target]
  if (was.name !== is.name) notes.push(`other target: ${was.name} before, ${is.name} now`)
  for (const [name, { run, health }] of Object.entries({ baseline, report })) {
    if (!run.complete) notes.push(`the ${name} is of a run that did not finish`)
    if (health.status === 'invalid') notes.push(`the ${name} is of an unwell harness`)
  }
  const invalid = report.scenarios.filter(({ status }) => status === 'invalid').length
  if (invalid > 0) notes.push(`${invalid} invalid scenarios of this run are not compared`)
  return notes
}
