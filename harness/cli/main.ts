import { Command, CommanderError } from 'commander'
import { EnvironmentError, LiveproofError, UsageError } from '../errors.ts'
import { bench } from './bench.ts'
import { demo } from './demo.ts'
import { doctor } from './doctor.ts'
import { EXIT } from './exit-codes.ts'
import { fuzz } from './fuzz.ts'
import { gate } from './gate.ts'
import { link } from './link.ts'
import { list } from './list.ts'
import { prove } from './prove.ts'
import { run } from './run.ts'
import { serve } from './serve.ts'
import { test } from './test.ts'

const program = new Command('liveproof')
  .description('Proves that a live-streaming workflow works, from the encoder to the glass.')
  .showHelpAfterError('(see ./liveproof --help)')
  .exitOverride()
  .configureHelp({ showGlobalOptions: false })

for (const command of [demo, test, run, serve, prove, gate, fuzz, bench, link, list, doctor])
  program.addCommand(command())

for (const command of program.commands) command.exitOverride()

try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = report(error)
}

/** Says what went wrong in one line where it is not a bug of ours, and picks the exit code. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.conformant : EXIT.usage
  if (error instanceof LiveproofError) {
    process.stderr.write(`liveproof: ${error.message} [${error.code}]\n`)
    if (error instanceof UsageError) return EXIT.usage
    return error instanceof EnvironmentError ? EXIT.environment : EXIT.findings
  }
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
  return EXIT.environment
}
