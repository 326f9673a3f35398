import { Command } from 'commander'
import pc from 'picocolors'
import { ensurePrograms, installObstacle } from '../setup/ensure.ts'
import { findProgram, versionOf } from '../setup/program.ts'
import { programs } from '../setup/programs.ts'
import { capabilityText } from '../targets/capabilities.ts'
import { listTargets } from '../targets/list-targets.ts'
import { EXIT } from './exit-codes.ts'

export function doctor(): Command {
  return new Command('doctor')
    .description('Show what is installed, what is missing, and what each missing thing costs')
    .option('--fix', 'install what is missing, where this machine allows it')
    .action((options: { fix?: boolean }) => {
      if (options.fix) ensurePrograms(programs, (line) => console.log(line))
      process.exitCode = examine() ? EXIT.conformant : EXIT.environment
    })
}

function examine(): boolean {
  let complete = true
  console.log(line(true, 'node', process.version, process.execPath))
  for (const program of programs) {
    const path = findProgram(program)
    if (path) {
      console.log(line(true, program.name, shortVersion(versionOf(program, path)), path))
      continue
    }
    if (program.wantedBy === 'demo') complete = false
    const remedy = program.go
      ? `go install ${program.go.module}@${program.go.version}`
      : `apt-get install ${program.debian.join(' ')}`
    console.log(line(false, program.name, 'missing', `${program.cost}; ${remedy}`))
  }
  console.log('\ntargets:')
  for (const { id, version, missing, can } of listTargets())
    console.log(line(missing === null, id, version ?? 'missing', missing ?? capabilityText(can)))
  const obstacle = installObstacle()
  if (!complete)
    console.log(
      obstacle
        ? `\nCannot install here: ${obstacle}.`
        : '\nRun ./liveproof doctor --fix to install what is missing.',
    )
  return complete
}

function line(found: boolean, name: string, version: string, detail: string): string {
  const mark = found ? pc.green('✓') : pc.red('✗')
  return `${mark} ${name.padEnd(18)} ${version.padEnd(14)} ${pc.dim(detail)}`
}

function shortVersion(text: string | null): string {
  return text?.match(/\d+(\.\d+)+/)?.[0] ?? 'found'
}
