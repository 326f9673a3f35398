import type { RunRecord, ScenarioRecord } from './run-record.ts'
import { xmlElement, xmlText } from './xml.ts'

/**
 * JUnit XML, the form that CI systems read: a testsuite per suite, a testcase per scenario.
 * A broken MUST is a failure; what the harness cannot vouch for is an error; warnings pass and are
 * told in system-out. `junit.xsd` beside this file is the structure that is promised.
 */
export function renderJunit({ run, health, scenarios, summary }: RunRecord): string {
  const suites = Map.groupBy(scenarios, (scenario) => scenario.suite)
  const elements = [...suites].map(([name, members]) =>
    xmlElement(
      'testsuite',
      { name, ...totals(members), timestamp: run.startedAt.slice(0, 19) },
      members.map(testcase),
    ),
  )
  // A run that did not come to its end, or proves nothing, must not look like a small success.
  const unsound = !run.complete || health.status === 'invalid'
  const untold = summary.exitCode !== 0 && !scenarios.some(isBroken)
  if (unsound || untold) elements.push(runItself(summary, run))
  const counted = elements.length > suites.size ? 1 : 0
  const all = totals(scenarios)
  const root = xmlElement(
    'testsuites',
    { name: 'liveproof', ...all, tests: all.tests + counted, errors: all.errors + counted },
    elements,
  )
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n`
}

function isBroken({ status }: ScenarioRecord): boolean {
  return status === 'fail' || status === 'invalid'
}

function totals(scenarios: readonly ScenarioRecord[]) {
  const having = (status: ScenarioRecord['status']) =>
    scenarios.filter((scenario) => scenario.status === status).length
  const ms = scenarios.reduce((sum, { durationMs }) => sum + durationMs, 0)
  return {
    tests: scenarios.length,
    failures: having('fail'),
    errors: having('invalid'),
    skipped: having('skipped'),
    time: seconds(ms),
  }
}

function testcase(scenario: ScenarioRecord): string {
  return xmlElement(
    'testcase',
    {
      name: scenario.title,
      classname: scenario.suite,
      file: scenario.file,
      time: seconds(scenario.durationMs),
    },
    [...outcome(scenario), ...warnings(scenario)],
  )
}

function outcome({ status, reason, error, verdicts }: ScenarioRecord): string[] {
  if (status === 'skipped') return [xmlElement('skipped', { message: reason ?? 'not run' })]
  if (status === 'invalid') {
    const message = reason ?? error?.message ?? 'the harness cannot vouch for this'
    return [xmlElement('error', { message, type: error?.code ?? 'LP_INVALID' })]
  }
  if (status !== 'fail') return []
  const broken = verdicts.filter(({ outcome }) => outcome === 'fail').map(lineOf)
  const lines = error ? [...broken, `${error.code}: ${error.message}`] : broken
  return [
    xmlElement(
      'failure',
      { message: lines[0] ?? 'failed', type: error?.code ?? 'LP_RULES_BROKEN' },
      [xmlText(lines.join('\n'))],
    ),
  ]
}

function warnings({ verdicts }: ScenarioRecord): string[] {
  const warned = verdicts.filter(({ outcome }) => outcome === 'warn').map(lineOf)
  return warned.length === 0 ? [] : [xmlElement('system-out', {}, [xmlText(warned.join('\n'))])]
}

function lineOf({ rule, outcome, expected, actual }: ScenarioRecord['verdicts'][number]): string {
  return `${outcome === 'warn' ? 'warning: ' : ''}${rule}: expected ${expected}; got ${actual}`
}

function runItself(summary: RunRecord['summary'], run: RunRecord['run']): string {
  const error = xmlElement('error', {
    message: summary.sentence,
    type: `LP_RUN_${summary.status.toUpperCase()}`,
  })
  const of = { name: 'the run as a whole', classname: 'liveproof', time: seconds(run.durationMs) }
  return xmlElement(
    'testsuite',
    { name: 'liveproof', tests: 1, failures: 0, errors: 1, skipped: 0, time: of.time },
    [xmlElement('testcase', of, [error])],
  )
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3)
}
