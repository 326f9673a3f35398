import { Command } from 'commander'
import { edgeCommand } from '../targets/edges.ts'
import { runChild } from './run-child.ts'

interface EdgeOptions {
  origin: string
  region: string
  host: string
  id?: string
  capacity?: string
  json?: boolean
  fault?: string[]
}

export function edge(): Command {
  return new Command('edge')
    .description('Run a CDN edge of a running reference until Ctrl-C')
    .requiredOption('--origin <url>', "the origin's door for edges, as serve prints it")
    .option('--region <name>', 'whose clients are sent here first: eu, us, as, au', 'local')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--id <name>', 'its name at the origin (default: made up)')
    .option('--capacity <viewers>', 'viewers that it takes at most')
    .option('--json', 'print one line of JSON with every address once the origin knows the edge')
    .option('--fault <id...>', 'be wrong on purpose; see: liveproof list faults')
    .addHelpText('after', "\nThe origin's secret is read from LIVEPROOF_FEED_SECRET.")
    .action(async ({ origin, region, host, id, capacity, json, fault = [] }: EdgeOptions) => {
      const args = [...edgeCommand, '--origin', origin, '--region', region, '--host', host]
      if (id) args.push('--id', id)
      if (capacity) args.push('--capacity', capacity)
      if (json) args.push('--json')
      for (const name of fault) args.push('--fault', name)
      await runChild(args)
    })
}
