import { Command, CommanderError } from 'commander'
import { EnvironmentError, LiveproofError, UsageError } from '../errors.ts'
import { EXIT } from './exit-codes.ts'

/** Loaded only when called: most of them bring much with them that the others do not need. */
const commands: Record<string, () => Promise<Command>> = {
  demo: async () => (await import('./demo.ts')).demo(),
  test: async () => (await import('./test.ts')).test(),
  run: async () => (await import('./run.ts')).run(),
  serve: async () => (await import('./serve.ts')).serve(),
  edge: async () => (await import('./edge.ts')).edge(),
  validate: async () => (await import('./validate.ts')).validate(),
  record: async () => (await import('./record.ts')).record(),
  judge: async () => (await import('./judge.ts')).judge(),
  prove: async () => (await import('./prove.ts')).prove(),
  merge: async () => (await import('./merge.ts')).merge(),
  gate: async () => (await import('./gate.ts')).gate(),
  fuzz: async () => (await import('./fuzz.ts')).fuzz(),
  bench: async () => (await import('./bench.ts')).bench(),
  load: async () => (await import('./load.ts')).load(),
  link: async () => (await import('./link.ts')).link(),
  device: async () => (await import('./device.ts')).device(),
  list: async () => (await import('./list.ts')).list(),
  doctor: async () => (await import('./doctor.ts')).doctor(),
}

// Who reads only the head of what is printed does not stop the work, nor change its exit code.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

const program = new Command('liveproof')
  .description('Proves that a live-streaming workflow works, from the encoder to the glass.')
  .showHelpAfterError('(see ./liveproof --help)')
  .exitOverride()
  .configureHelp({ showGlobalOptions: false })

const name = process.argv[2] ?? ''
const loaded = Object.hasOwn(commands, name) ? [commands[name]!] : Object.values(commands)
for (const command of await Promise.all(loaded.map((load) => load()))) program.addCommand(command)

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
