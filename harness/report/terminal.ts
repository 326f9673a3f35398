import pc from 'picocolors'
import { alignColumns } from './align.ts'
import type { RunRecord, ScenarioRecord } from './run-record.ts'
import { clipLine, safeLine } from './safe-line.ts'

export type Colours = ReturnType<typeof pc.createColors>

const shownBreaches = 8
const shownPaths = 12

/**
 * What is printed after a run, to be read in ten seconds: the verdict, what broke and where to
 * look, the latency, the path of the report.
 */
export function summaryText(
  { run, health, scenarios, rules, summary }: RunRecord,
  report: string,
  colours: Colours = pc.createColors(false),
): string {
  return [
    ...breachLines(scenarios, rules, colours),
    ...otherLines(scenarios, colours),
    ...latencyLines(scenarios, colours),
    ...health.causes.map((cause) => colours.magenta(`? ${safeLine(cause)}`)),
    '',
    `${verdictBadge(summary.status, colours)} ${colours.bold(safeLine(summary.sentence))}`,
    colours.dim(countsLine(summary, run.durationMs)),
    `report  ${report}`,
    '',
  ].join('\n')
}

function verdictBadge(status: RunRecord['summary']['status'], colours: Colours): string {
  const word = ` ${status === 'empty' ? 'NOTHING RAN' : status.toUpperCase()} `
  const paint = {
    pass: colours.bgGreen,
    warn: colours.bgYellow,
    fail: colours.bgRed,
    invalid: colours.bgMagenta,
    empty: colours.bgMagenta,
  }[status]
  return paint(colours.black(colours.bold(word)))
}

function countsLine({ scenarios, verdicts }: RunRecord['summary'], durationMs: number): string {
  const list = (counts: Record<string, number>) =>
    Object.entries(counts)
      .filter(([, n]) => n > 0)
      .map(([name, n]) => `${n} ${name}`)
      .join(', ') || 'none'
  const seconds = (durationMs / 1000).toFixed(1)
  return `scenarios: ${list(scenarios)} · rule verdicts: ${list(verdicts)} · ${seconds} s`
}

function breachLines(
  scenarios: readonly ScenarioRecord[],
  rules: RunRecord['rules'],
  colours: Colours,
): string[] {
  const breaches = scenarios
    .filter(({ status }) => status !== 'invalid')
    .flatMap((scenario) => scenario.verdicts.map((verdict) => ({ scenario, verdict })))
    .filter(({ verdict }) => verdict.outcome === 'fail' || verdict.outcome === 'warn')
    .sort((a, b) => Number(a.verdict.outcome === 'warn') - Number(b.verdict.outcome === 'warn'))
  const lines = breaches.slice(0, shownBreaches).flatMap(({ scenario, verdict }) => {
    const source = rules[verdict.rule]?.source
    const cited = source
      ? `  (${safeLine([source.document, source.clause].filter(Boolean).join(' '))})`
      : ''
    const failed = verdict.outcome === 'fail'
    const title = `${failed ? '✕' : '!'} ${safeLine(verdict.rule)}`
    return [
      '',
      `${failed ? colours.red(title) : colours.yellow(title)}${colours.dim(cited)}`,
      `  expected  ${clipLine(verdict.expected)}`,
      `  actual    ${clipLine(verdict.actual)}`,
      colours.dim(`  in        ${clipLine(scenario.title)}  ${safeLine(scenario.file)}`),
    ]
  })
  const rest = breaches.length - shownBreaches
  return rest > 0 ? [...lines, '', colours.dim(`  and ${rest} more, in the report`)] : lines
}

/** Scenarios that ended badly for another reason than a rule. */
function otherLines(scenarios: readonly ScenarioRecord[], colours: Colours): string[] {
  const lines: string[] = []
  const bad = scenarios.filter(
    ({ status, error }) => status === 'invalid' || (status === 'fail' && error !== undefined),
  )
  for (const { status, title, file, reason, error } of bad.slice(0, shownBreaches)) {
    if (status === 'invalid') {
      lines.push('', colours.magenta(`? ${clipLine(title)}`))
      lines.push(`  invalid   ${clipLine(reason ?? error?.message ?? 'no reason given')}`)
    } else {
      lines.push('', colours.red(`✕ ${clipLine(title)}`))
      lines.push(`  ${safeLine(error?.code ?? '')}  ${clipLine(error?.message ?? '')}`)
    }
    lines.push(colours.dim(`  in        ${safeLine(file)}`))
  }
  const rest = bad.length - shownBreaches
  return rest > 0 ? [...lines, '', colours.dim(`  and ${rest} more, in the report`)] : lines
}

function latencyLines(scenarios: readonly ScenarioRecord[], colours: Colours): string[] {
  const paths = scenarios.flatMap(({ title, latency }) =>
    latency.map((figures) => ({ title, ...figures })),
  )
  if (paths.length === 0) return []
  const rows = paths
    .slice(0, shownPaths)
    .map(({ path, from, to, title, count, lost, p50, p95, p99, max, errorBoundMs }) => [
      clipLine(path, 28),
      clipLine(`${from} → ${to}`, 26),
      ...[p50, p95, p99, max].map(msText),
      errorBoundMs < 0.01 ? '< 0.01' : msText(errorBoundMs),
      String(count),
      String(lost),
      clipLine(title, 44),
    ])
  const heads = ['latency, ms', '', 'p50', 'p95', 'p99', 'max', '±', 'count', 'lost', '']
  const [head = '', ...body] = alignColumns([heads, ...rows], [2, 3, 4, 5, 6, 7, 8])
  const rest = paths.length - shownPaths
  const more = rest > 0 ? [colours.dim(`and ${rest} more, in the report`)] : []
  return ['', colours.dim(head), ...body, ...more]
}

function msText(ms: number): string {
  return ms.toFixed(ms >= 100 ? 0 : ms >= 10 ? 1 : 2)
}
