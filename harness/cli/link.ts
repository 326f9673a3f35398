import { writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { Command, Option } from 'commander'
import { UsageError } from '../errors.ts'
import type { Link, LinkBackend } from '../network/link.ts'
import { LINK_BACKENDS } from '../network/link-backend.ts'
import { openLink } from '../network/open-link.ts'
import { statusLine, summaryLines } from '../network/status-line.ts'
import { openWhipLink } from '../network/whip-link.ts'
import { EXIT } from './exit-codes.ts'

interface LinkCommandOptions {
  listen: string
  to: string
  preset: string
  protocol: 'tcp' | 'udp' | 'whip'
  linkBackend: LinkBackend
  seed: number
  log?: string
  everyMs: number
}

export function link(): Command {
  return new Command('link')
    .description('A bad network for your own tools: a proxy that impairs what goes through it')
    .requiredOption('--to <host:port>', 'where the traffic goes; an address with http:// for WHIP')
    .option(
      '--listen <[host:]port>',
      'where it comes from; on loopback unless a host is given',
      '0',
    )
    .option('--preset <id or file>', 'see: liveproof list links', 'perfect')
    .addOption(
      new Option('--protocol <protocol>', 'what goes through')
        .choices(['tcp', 'udp', 'whip'])
        .default('tcp'),
    )
    .addOption(
      new Option('--link-backend <backend>', 'what carries it; netem is Linux’s own, as root')
        .choices(LINK_BACKENDS)
        .default('proxy'),
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
  const opened = await open(options)
  console.log(`${opened.text}; Ctrl-C ends it`)
  const live = process.stdout.isTTY === true
  while (!stop.signal.aborted) {
    await delay(options.everyMs, undefined, { signal: stop.signal }).catch(() => {})
    const line = opened.links().map(statusLine).join(' || ')
    if (live) process.stdout.write(`\r\x1b[K${line.slice(0, (process.stdout.columns || 80) - 1)}`)
    else if (!stop.signal.aborted) console.log(line)
  }
  if (live) process.stdout.write('\n')
  await opened.close()
  process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
  const links = opened.links()
  for (const one of links) for (const line of summaryLines(one)) console.log(line)
  if (options.log) writeFileSync(options.log, links.map(logText).join(''))
  process.exitCode = links.every((one) => one.stats().fit) ? EXIT.conformant : EXIT.environment
}

interface Opened {
  /** What leads where. */
  readonly text: string
  /** One; for WHIP the one of its HTTP, and that of its media once there is some. */
  links(): Link[]
  close(): Promise<void>
}

async function open(options: LinkCommandOptions): Promise<Opened> {
  const { preset, seed, protocol, to, linkBackend: backend } = options
  const listen = parseHostPort(options.listen)
  if (protocol === 'whip') {
    const url = to.includes('://') ? to : `http://${to}/`
    const whip = await openWhipLink({ preset, seed, listen, backend, url })
    return {
      text: `whip ${whip.url} → ${url} over ${whip.signalling.id}, seed ${seed}`,
      links: () => [whip.signalling, ...(whip.media ? [whip.media] : [])],
      close: () => whip.close(),
    }
  }
  const link = await openLink({ preset, seed, protocol, to: parseHostPort(to), listen, backend })
  const { host, port } = link.address
  return {
    text: `${protocol} ${host}:${port} → ${to} over ${link.id}, seed ${seed}`,
    links: () => [link],
    close: () => link.close(),
  }
}

function logText(link: Link): string {
  const { up, down } = link.log()
  return `# up\n${up.toCsv()}# down\n${down.toCsv()}`
}

/** `host:port`, `[::1]:port` or a port alone, which is one of loopback. */
export function parseHostPort(text: string): { host: string; port: number } {
  const match = /^(?:(?:\[([^\]]+)\]|([^:]+)):)?(\d{1,5})$/.exec(text)
  const port = Number(match?.[3])
  if (!match || port > 65_535)
    throw new UsageError('LP_LINK_ADDRESS', `'${text}' is no address; write host:port`)
  return { host: match[1] ?? match[2] ?? '127.0.0.1', port }
}
