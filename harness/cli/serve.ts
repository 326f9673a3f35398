import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Command } from 'commander'
import { referenceCommand, referenceEnvironment } from '../targets/reference.ts'

interface ServeOptions {
  data?: string
  host: string
  json?: boolean
  fault?: string[]
  pushAllow?: string[]
}

export function serve(): Command {
  return new Command('serve')
    .description('Run the reference implementation until Ctrl-C')
    .option('--data <dir>', 'where streams are kept (default: in memory)')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--json', 'print one line of JSON with every address once everything listens')
    .option('--fault <id...>', 'be wrong on purpose; see: liveproof list faults')
    .option(
      '--push-allow <range...>',
      'address or CIDR range to push streams on to, besides loopback',
    )
    .action(async ({ data, host, json, fault = [], pushAllow = [] }: ServeOptions) => {
      const args = [...referenceCommand, '--host', host]
      if (data) args.push('--data', data)
      if (json) args.push('--json')
      for (const id of fault) args.push('--fault', id)
      for (const range of pushAllow) args.push('--push-allow', range)
      const child = spawn(process.execPath, args, {
        stdio: 'inherit',
        env: { ...process.env, ...referenceEnvironment },
      })
      // Ctrl-C reaches both of us; a signal from elsewhere only this one.
      process.on('SIGINT', () => {})
      process.on('SIGTERM', () => child.kill('SIGTERM'))
      const [code] = (await once(child, 'close')) as [number | null]
      process.exitCode = code ?? 3
    })
}
