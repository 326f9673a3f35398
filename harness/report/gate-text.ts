import pc from 'picocolors'
import { alignColumns } from './align.ts'
import type { GateResult } from './gate.ts'
import { clipLine } from './safe-line.ts'
import type { Colours } from './terminal.ts'

const SHOWN = 20

/** What `liveproof gate` prints: each regression before and now, the notes, and one last line. */
export function gateText(
  { regressions, notes, compared, exitCode }: GateResult,
  colours: Colours = pc.createColors(false),
): string {
  const found = regressions
    .slice(0, SHOWN)
    .flatMap((regression) => [
      colours.red(`✕ ${regression.kind}  ${clipLine(regression.subject ?? regression.scenario)}`),
      ...alignColumns([
        ['  before', clipLine(regression.before)],
        ['  now', clipLine(regression.after)],
        ...(regression.subject ? [['  in', clipLine(regression.scenario)]] : []),
      ]),
    ])
  const rest = regressions.length - SHOWN
  const { scenarios, verdicts, paths } = compared
  const basis = `compared ${scenarios} scenarios, ${verdicts} verdicts, ${paths} latency paths`
  const outcome = {
    0: colours.green('no worse than the baseline'),
    1: colours.red(`worse than the baseline in ${regressions.length}`),
    3: colours.magenta('no answer: the runs cannot be compared'),
  }[exitCode]
  return [
    ...found,
    ...(rest > 0 ? [`and ${rest} more`] : []),
    ...notes.map((note) => colours.yellow(`! ${clipLine(note)}`)),
    `${outcome}; ${basis}`,
    '',
  ].join('\n')
}
