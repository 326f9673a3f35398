import pc from 'picocolors'
import type { RunRecord, ScenarioRecord } from '../report/run-record.ts'
import { clipLine, safeLine } from '../report/safe-line.ts'
import type { Colours } from '../report/terminal.ts'

/**
 * What a vendor reads after a validation: what is wrong and what to do about it, then everything
 * that was done to the encoder, then the verdict.
 */
export function verdictText(
  { scenarios, rules, summary }: RunRecord,
  files: { readonly report: string; readonly bundle: string | null },
  colours: Colours = pc.createColors(false),
): string {
  const { bold, dim } = colours
  const lines = scenarios.flatMap((scenario) => [
    '',
    bold(safeLine(scenario.title)),
    ...deviceLines(scenario, colours),
    ...verdictLines(scenario, rules, colours),
    ...reactionLines(scenario, colours),
    ...(scenario.reason ? ['', colours.magenta(`? ${safeLine(scenario.reason)}`)] : []),
  ])
  return [
    ...lines,
    '',
    `${badge(summary.status, colours)} ${bold(sentenceOf({ scenarios, summary }))}`,
    `report       ${files.report}`,
    ...(files.bundle
      ? [
          `certificate  ${files.bundle}`,
          dim(`             anyone can check it: ./liveproof judge ${files.bundle}`),
        ]
      : []),
    '',
  ].join('\n')
}

function deviceLines({ device }: ScenarioRecord, { dim }: Colours): string[] {
  if (!device || device.facts.length === 0) return []
  const width = Math.max(...device.facts.map(({ name }) => name.length))
  return device.facts.map(({ name, value, from }) =>
    dim(`  ${safeLine(name).padEnd(width)}  ${clipLine(value, 76)}  (${safeLine(from)})`),
  )
}

function verdictLines(
  { verdicts }: ScenarioRecord,
  rules: RunRecord['rules'],
  { red, yellow, green, dim }: Colours,
): string[] {
  const of = (outcome: string) => verdicts.filter((verdict) => verdict.outcome === outcome)
  const broken = [...of('fail'), ...of('warn')].flatMap((verdict) => {
    const card = rules[verdict.rule]
    const fail = verdict.outcome === 'fail'
    const source = card ? [card.source.document, card.source.clause].filter(Boolean).join(', ') : ''
    return [
      '',
      (fail ? red : yellow)(`${fail ? '✕' : '!'} ${verdict.rule}`) + dim(`  (${safeLine(source)})`),
      `    expected  ${clipLine(verdict.expected, 160)}`,
      `    actual    ${clipLine(verdict.actual, 160)}`,
      ...verdict.evidence.slice(0, 2).map((seen) => dim(`    seen      ${evidenceText(seen)}`)),
      ...(card?.advice ? [`    advice    ${safeLine(card.advice)}`] : []),
    ]
  })
  const skipped = of('skipped').map(({ rule, actual }) =>
    dim(`  – ${rule}: ${clipLine(actual, 100)}`),
  )
  const holding = of('pass')
  if (verdicts.length === 0) return []
  return [
    ...broken,
    '',
    green(`✓ ${holding.length} ${holding.length === 1 ? 'rule holds' : 'rules hold'}`),
    ...(skipped.length > 0 ? ['', dim('Not judged:'), ...skipped] : []),
  ]
}

function evidenceText({ note, at, frame }: ScenarioRecord['verdicts'][number]['evidence'][number]) {
  const time = at === undefined ? '' : `at ${(at / 1000).toFixed(3)} s: `
  const number = frame === undefined ? '' : `frame ${frame}: `
  return clipLine(`${time}${number}${note}`, 140)
}

function reactionLines({ reactions = [] }: ScenarioRecord, { dim }: Colours): string[] {
  if (reactions.length === 0) return []
  return [
    '',
    dim('What was done to the encoder, and what it did:'),
    ...reactions.map(({ at, text, reaction }) => {
      const time = at === undefined ? '       –' : `${(at / 1000).toFixed(1).padStart(6)} s`
      return dim(`  ${time}  ${safeLine(text)}: ${clipLine(reaction, 90)}`)
    }),
  ]
}

/** The run's sentence speaks of scenarios; of one encoder there is more to say. */
export function sentenceOf({
  scenarios: [scenario],
  summary,
}: Pick<RunRecord, 'scenarios' | 'summary'>): string {
  if (!scenario || scenario.verdicts.length === 0) return safeLine(summary.sentence)
  const { fail = 0, warn = 0, pass = 0 } = summary.verdicts
  if (summary.status === 'fail')
    return `Not conformant: ${plural(fail, 'rule')} broken, ${plural(warn, 'warning')}, ${pass} hold`
  if (summary.status === 'warn')
    return `Conformant, with ${plural(warn, 'warning')}: ${plural(pass, 'rule')} hold, none is broken`
  if (summary.status === 'pass') return `Conformant: ${plural(pass, 'rule')} hold, none is broken`
  return safeLine(summary.sentence)
}

function plural(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`
}

function badge(status: RunRecord['summary']['status'], colours: Colours): string {
  const word = ` ${status === 'empty' ? 'NOBODY CAME' : status.toUpperCase()} `
  const paint = {
    pass: colours.bgGreen,
    warn: colours.bgYellow,
    fail: colours.bgRed,
    invalid: colours.bgMagenta,
    empty: colours.bgMagenta,
  }[status]
  return paint(colours.black(colours.bold(word)))
}
