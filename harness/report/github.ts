import { appendFileSync } from 'node:fs'
import type { RunRecord, ScenarioRecord } from './run-record.ts'
import { safeLine } from './safe-line.ts'

/** GitHub shows only the first ten errors and ten warnings of a step. */
const SHOWN = 10

/**
 * In a GitHub Actions job: an annotation for each broken rule at its scenario, and the step
 * summary. Elsewhere nothing happens.
 */
export function tellGithub(
  record: RunRecord,
  env: NodeJS.ProcessEnv = process.env,
  write: (text: string) => void = (text) => process.stdout.write(text),
): void {
  if (env['GITHUB_ACTIONS'] !== 'true') return
  for (const line of githubAnnotations(record)) write(`${line}\n`)
  const summaryFile = env['GITHUB_STEP_SUMMARY']
  if (summaryFile) appendFileSync(summaryFile, githubSummary(record))
}

/** Workflow commands, errors first. */
export function githubAnnotations({ scenarios, summary }: RunRecord): string[] {
  const errors = scenarios.flatMap(errorsOf).slice(0, SHOWN)
  const warnings = scenarios.flatMap(warningsOf).slice(0, SHOWN)
  if (summary.exitCode !== 0 && errors.length === 0) {
    errors.push(command('error', { title: 'liveproof' }, summary.sentence))
  }
  return [...errors, ...warnings]
}

function errorsOf(scenario: ScenarioRecord): string[] {
  const { status, title, file, reason, error } = scenario
  if (status === 'invalid') {
    return [command('error', { file, title: `invalid: ${title}` }, reason ?? error?.message ?? '')]
  }
  const broken = scenario.verdicts
    .filter(({ outcome }) => outcome === 'fail')
    .map((verdict) => breach('error', scenario, verdict))
  if (!error) return broken
  return [...broken, command('error', { file, title }, `${error.code}: ${error.message}`)]
}

function warningsOf(scenario: ScenarioRecord): string[] {
  if (scenario.status === 'invalid') return []
  return scenario.verdicts
    .filter(({ outcome }) => outcome === 'warn')
    .map((verdict) => breach('warning', scenario, verdict))
}

function breach(
  kind: 'error' | 'warning',
  { file, title }: ScenarioRecord,
  { rule, expected, actual }: ScenarioRecord['verdicts'][number],
): string {
  return command(kind, { file, title: rule }, `${title}\nexpected ${expected}\nactual ${actual}`)
}

function command(
  kind: 'error' | 'warning',
  properties: Record<string, string>,
  message: string,
): string {
  const listed = Object.entries(properties).map(([key, value]) => `${key}=${property(value)}`)
  return `::${kind} ${listed.join(',')}::${data(message)}`
}

/** A line break would start a new command of the text's own choosing. */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}

/** Markdown: the verdict, the broken rules, the latency. */
export function githubSummary({ scenarios, summary }: RunRecord): string {
  const broken = scenarios
    .filter(({ status }) => status !== 'invalid')
    .flatMap(({ title, verdicts }) => verdicts.map((verdict) => ({ title, ...verdict })))
    .filter(({ outcome }) => outcome === 'fail' || outcome === 'warn')
    .map(({ outcome, rule, expected, actual, title }) => [outcome, rule, expected, actual, title])
  const latency = scenarios.flatMap(({ latency }) =>
    latency.map((path) => [
      path.path,
      `${path.from} → ${path.to}`,
      String(path.count),
      ...[path.p50, path.p95, path.p99, path.max, path.errorBoundMs].map((ms) => ms.toFixed(2)),
    ]),
  )
  return [
    `## liveproof: ${summary.status}`,
    '',
    cell(summary.sentence),
    '',
    ...table(['', 'rule', 'expected', 'actual', 'scenario'], broken),
    ...table(['path', 'stages', 'count', 'p50 ms', 'p95', 'p99', 'max', '±'], latency),
  ].join('\n')
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return []
  const shown = rows.slice(0, 50).map((row) => `| ${row.map(cell).join(' | ')} |`)
  const rest = rows.length > 50 ? ['', `and ${rows.length - 50} more`] : []
  const line = `|${' --- |'.repeat(heads.length)}`
  return [`| ${heads.join(' | ')} |`, line, ...shown, ...rest, '']
}

/** Plain text, whatever it contains: no markup, no link, no further cell. */
function cell(text: string): string {
  return safeLine(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll(/[\\`*_{}[\]()#+!|>~@]/g, '\\$&')
}
