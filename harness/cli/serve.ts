import { Command } from 'commander'
import { referenceCommand } from '../targets/reference.ts'
import { runChild } from './run-child.ts'

interface ServeOptions {
  data?: string
  host: string
  json?: boolean
  fault?: string[]
  pushAllow?: string[]
  edges?: string
  regions?: string
  feedPort?: string
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
    .option('--edges <count>', 'start so many edges too, each a process of its own')
    .option('--regions <file>', 'which client addresses are in which region; see docs/cdn.md')
    .option('--feed-port <port>', 'port of the door for edges (default: any)')
    .action(async (options: ServeOptions) => {
      const { data, host, json, fault = [], pushAllow = [], edges, regions, feedPort } = options
      const args = [...referenceCommand, '--host', host]
      if (data) args.push('--data', data)
      if (json) args.push('--json')
      for (const id of fault) args.push('--fault', id)
      for (const range of pushAllow) args.push('--push-allow', range)
      if (edges) args.push('--edges', edges)
      if (regions) args.push('--regions', regions)
      if (feedPort) args.push('--feed-port', feedPort)
      await runChild(args)
    })
}
