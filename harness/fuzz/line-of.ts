import pc from 'picocolors'
import { type FuzzPart, memoryUnjudged } from './fuzz-result.ts'

/** What became of fuzzing one interface: a line, and one for each finding. */
export function lineOf(part: FuzzPart): string {
  const { kind, sessions, seconds, perSecond, healthy, findings } = part
  const memory = memoryUnjudged(part) ?? memoryOf(part.memory)
  const mark = findings.length === 0 ? pc.green('✓') : pc.red('✗')
  const summary =
    `${mark} ${kind.padEnd(7)} ${sessions} sessions in ${seconds.toFixed(0)} s ` +
    `(${perSecond.toFixed(0)}/s), process alive, ${memory}, healthy stream beside it: ` +
    `${healthy.lost} of ${healthy.sent} frames lost, p99 ${healthy.p99.toFixed(1)} ms`
  const found = findings.map(({ what }) => pc.red(`  ${what}`))
  return [findings.length === 0 ? summary : summary.replace(', process alive', ''), ...found].join(
    '\n',
  )
}

/** Of what the process holds, and of what it takes. */
function memoryOf(memory: FuzzPart['memory']): string {
  if (memory === null) return ''
  const { start, end } = memory
  const [live, resident] = [
    `${start.liveMb.toFixed(1)} → ${end.liveMb.toFixed(1)}`,
    `${start.rssMb.toFixed(0)} → ${end.rssMb.toFixed(0)}`,
  ]
  return `memory ${live} MB (resident ${resident} MB)`
}
