import { Command } from 'commander'
import { serveReference } from '../../reference-impl/main.ts'

export function serve(): Command {
  return new Command('serve')
    .description('Run the reference implementation until Ctrl-C')
    .option('--data <dir>', 'where streams are kept (default: in memory)')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--json', 'print one line of JSON with every address once everything listens')
    .option('--fault <id...>', 'be wrong on purpose; see: liveproof list faults')
    .action((options) => serveReference(options))
}
