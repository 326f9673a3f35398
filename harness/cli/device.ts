import { once } from 'node:events'
import { Argument, Command } from 'commander'
import { cloudOf } from '../devices/cloud-of.ts'
import { startTalon } from '../devices/osprey-talon/start-talon.ts'
import { BintuClient } from '../targets/bintu-client.ts'
import { openTarget } from '../targets/open-target.ts'
import type { Target, TargetStream } from '../targets/target.ts'
import { parseHostPort } from './link.ts'

interface DeviceOptions {
  to: string
  listen: string
  allow?: string[]
}

const CREATE_MS = 10_000

export function device(): Command {
  return new Command('device')
    .description('A virtual hardware encoder with a web page, to rehearse its set-up by hand')
    .addArgument(new Argument('<device>').choices(['osprey-talon']))
    .option('--to <target>', 'what its presets mean: "reference", or a target file', 'reference')
    .option('--listen <[host:]port>', 'of its page; on loopback unless a host is given', '0')
    .option('--allow <host...>', 'hosts that it may send to besides this machine and the target')
    .action(run)
}

async function run(_device: string, { to, listen, allow = [] }: DeviceOptions): Promise<void> {
  const address = parseHostPort(listen)
  const target = await openTarget(to)
  try {
    const { api, apiKey } = target
    const client = new BintuClient({ api, apiKey, signal: AbortSignal.timeout(CREATE_MS) })
    const stream = await client.createStream({ tags: ['device'] })
    const talon = await startTalon(cloudOf(target, stream, allow), address)
    for (const line of instructions(talon.url, target, stream)) console.log(line)
    const stop = new AbortController()
    const onSignal = () => stop.abort()
    process.once('SIGINT', onSignal).once('SIGTERM', onSignal)
    await once(stop.signal, 'abort')
    await talon.close()
  } finally {
    await target.close()
  }
}

/** What to type into the form. */
function instructions(url: string, target: Target, { name, ingest }: TargetStream): string[] {
  const srt = ingest.srt ? new URL(ingest.srt) : null
  const rtmps = target.reference?.rtmps.url
  return [
    `Virtual Osprey Talon at ${url}  Username admin, Password osprey`,
    '',
    `Output → Upstream Protocol, for stream ${name} of ${target.name}:`,
    `  nanocosmos (RTMP)  Destination URL ${ingest.rtmp}  Stream Key ${name}`,
    ...(rtmps ? [`  RTMP/RTMPS         Destination URL ${rtmps}  Stream Key ${name}`] : []),
    ...(srt
      ? [
          `  TS over SRT        SRT Mode Caller  Destination Address ${srt.hostname}  ` +
            `Port ${srt.port}  Stream ID push:${name}`,
        ]
      : []),
    ...(ingest.whip ? [`  nanocosmos WHIP    Stream Key ${name}`] : []),
    'Actions → Start begins to stream. Ctrl-C ends it all.',
  ]
}
