import { writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { Command, Option } from 'commander'
import { UsageError } from '../errors.ts'
import { openLink } from '../network/open-link.ts'
import { statusLine, summaryLines } from '../network/status-line.ts'
import { EXIT } from './exit-codes.ts'

interface LinkCommandOptions {
  listen: string
  to: string
  preset: string
  protocol: 'tcp' | 'udp'
  seed: number
  log?: string
  everyMs: number
}

export function link(): Command {
  return new Command('link')
    .description('A bad network for your own tools: a proxy that impairs what goes through it')
    .requiredOption('--to <host:port>', 'where the traffic goes')
    .option(
      '--listen <[host:]port>',
      'where it comes from; on loopback unless a host is given',
      '0',
    )
    .option('--preset <id or file>', 'see: liveproof list links', 'perfect')
    .addOption(
      new Option('--protocol <protocol>', 'what goes through')
        .choices(['tcp', 'udp'])
        .default('tcp'),
    )
    .option('--seed <n>', 'the same seed makes the same decisions', Number, 1)
    .option('--log <file>', 'write every decision there at the end, up and down in turn, as CSV')
    .option('--every-ms <n>', 'between two lines of the view', Number, 1_000)
    .action(run)
}

async function run(options: LinkCommandOptions): Promise<void> {
  if (!Number.isSafeInteger(options.seed))
    throw new UsageError('LP_LINK_SEED', 'a seed is a whole number')
  if (!(options.everyMs >= 10)) throw new UsageError('LP_LINK_VIEW', '--every-ms is 10 at least')
  const stop = new AbortController()
  const onSignal = () => stop.abort()
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
  const opened = await openLink({
    preset: options.preset,
    seed: options.seed,
    protocol: options.protocol,
    to: parseHostPort(options.to),
    listen: parseHostPort(options.listen),
  })
  const { host, port } = opened.address
  console.log(
    `${options.protocol} ${host}:${port} → ${options.to} over ${opened.id}, seed ${options.seed}; Ctrl-C ends it`,
  )
  const live = process.stdout.isTTY === true
  while (!stop.signal.aborted) {
    await delay(options.everyMs, undefined, { signal: stop.signal }).catch(() => {})
    const line = statusLine(opened)
    if (live) process.stdout.write(`\r\x1b[K${line.slice(0, (process.stdout.columns || 80) - 1)}`)
    else if (!stop.signal.aborted) console.log(line)
  }
  if (live) process.stdout.write('\n')
  await opened.close()
  process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
  for (const line of summaryLines(opened)) console.log(line)
  const { up, down } = opened.log()
  if (options.log) writeFileSync(options.log, `# up\n${up.toCsv()}# down\n${down.toCsv()}`)
  process.exitCode = opened.stats().fit ? EXIT.conformant : EXIT.environment
}

/** `host:port`, `[::1]:port` or a port alone, which is one of loopback. */
export function parseHostPort(text: string): { host: string; port: number } {
  const match = /^(?:(?:\[([^\]]+)\]|([^:]+)):)?(\d{1,5})$/.exec(text)
  const port = Number(match?.[3])
  if (!match || port > 65_535)
    throw new UsageError('LP_LINK_ADDRESS', `'${text}' is no address; write host:port`)
  return { host: match[1] ?? match[2] ?? '127.0.0.1', port }
}
