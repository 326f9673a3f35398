import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants, setPriority } from 'node:os'
import { fileURLToPath } from 'node:url'
import { findProgram } from '../setup/program.ts'
import { programs } from '../setup/programs.ts'

const cli = fileURLToPath(new URL('../cli/main.ts', import.meta.url))

/**
 * Builds the programs that are built, which takes a minute and a half, while the first tests run.
 * Settles when that is over; tests of a program that could not be built say that they are skipped.
 */
export async function buildAside(): Promise<void> {
  if (programs.every((program) => !program.go || findProgram(program))) return
  const child = spawn(process.execPath, [cli, 'doctor', '--fix'], { stdio: 'ignore' })
  const ended = once(child, 'close').catch(() => undefined)
  if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW)
  await ended
}
