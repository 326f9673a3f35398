import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { EnvironmentError } from '../../errors.ts'
import { BintuClient } from '../../targets/bintu-client.ts'
import { startReferenceTarget } from '../../targets/reference.ts'
import { redactEvidence } from '../bundle/redact.ts'
import { type Door, type DoorProtocol, openDoor } from '../door.ts'
import { formLines } from '../forms.ts'
import { TerminalView } from '../terminal-view.ts'
import { type Validation, ValidationRun } from '../validation.ts'
import { rtmpCapture, sentBy, srtCapture } from './capture-files.ts'
import { profileOf } from './profile-of.ts'
import { type RtmpClientSide, readRtmpClient } from './rtmp-wire-of.ts'
import { writeTimed } from './timed.ts'

export interface RecordOptions {
  readonly protocol: DoorProtocol
  readonly id: string
  /** s */
  readonly durationS: number
  readonly waitS: number
  readonly stopWaitS: number
  readonly hosts: readonly string[]
  readonly port: number
  /** Folder for both files. */
  readonly out: string
  /** Cut the connection once, to see whether and when the encoder comes back. */
  readonly drop: boolean
  readonly name?: string
  readonly vendor?: string
  readonly version?: string
}

export interface RecordedFiles {
  readonly profile: string
  readonly capture: string
  readonly truncated: boolean
}

/** Of the time to watch, how much passes before the connection is cut. */
const DROP_AFTER = 0.5

/**
 * Waits for an encoder and writes what it is: a profile, and a capture of what it sent.
 * @throws EnvironmentError `LP_RECORD_TOO_LITTLE` when nobody came, or too little was seen
 */
export async function recordEncoder(options: RecordOptions): Promise<RecordedFiles> {
  const stop = new AbortController()
  const onSignal = (signal: NodeJS.Signals) => stop.abort(signal)
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
  const { protocol, hosts, durationS } = options
  const [host] = hosts
  const target = await startReferenceTarget(protocol === 'whip' && host ? { whipHost: host } : {})
  const view = new TerminalView()
  let door: Door | null = null
  try {
    const client = new BintuClient({ api: target.api, apiKey: target.apiKey })
    const stream = await client.createStream({ tags: ['record'] })
    door = await openDoor({ ...options, target, stream, encrypted: false, seed: 1 })
    for (const line of formLines(door.addresses)) view.say(line)
    const planned = options.drop
      ? [{ what: 'drop' as const, at: durationS * DROP_AFTER * 1000, forMs: 0 }]
      : []
    const run = new ValidationRun({
      ...{ ...options, target, stream, door, planned, views: [view], signal: stop.signal },
    })
    const seen = await run.run()
    view.close()
    return write(options, seen, door, stream.name)
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
    view.close()
    await door?.close()
    await target.close()
  }
}

function write(
  options: RecordOptions,
  seen: Validation,
  { capture }: Door,
  streamName: string,
): RecordedFiles {
  const { id, protocol, out, hosts } = options
  if (seen.firstMediaAt === null)
    throw new EnvironmentError('LP_RECORD_TOO_LITTLE', 'no encoder published: there is no profile')
  const evidence = redactEvidence(seen.evidence, [streamName])
  const secrets = [streamName, ...hosts]
  const callers = capture?.callers ?? []
  const file = protocol === 'whip' ? `${id}-whip.json` : `${id}-${protocol}.bin`
  const raw = callers.map((caller) =>
    capture && protocol === 'rtmp' ? rtmpCapture(capture, caller, secrets) : Buffer.alloc(0),
  )
  const connections = raw.filter(({ length }) => length > 0).map(readable)
  const profile = profileOf({
    ...options,
    evidence,
    connections: connections.filter(({ messages }) => messages.length > 0),
    datagrams: capture && protocol === 'srt' ? sentBy(capture, callers[0] ?? 0) : [],
    capture: file,
    droppedAt: seen.provoked[0]?.at ?? null,
  })
  mkdirSync(out, { recursive: true })
  const paths = { profile: join(out, `${id}.json`), capture: join(out, file) }
  writeFileSync(paths.profile, `${JSON.stringify(profile, null, 2)}\n`)
  // The last connection is the one that shows how the encoder stops; SRT's first shows its call.
  const bytes =
    protocol === 'rtmp'
      ? (raw.findLast(({ length }) => length > 0) ?? Buffer.alloc(0))
      : protocol === 'srt' && capture
        ? writeTimed(srtCapture(capture, callers[0] ?? 0, secrets))
        : Buffer.from(`${JSON.stringify({ schema: 'liveproof/sessions@1', ...evidence })}\n`)
  writeFileSync(paths.capture, bytes)
  return { ...paths, truncated: capture?.truncated ?? false }
}

/** What ingest took, this reader takes as well; unless the capture ends in the midst of it. */
function readable(bytes: Buffer): RtmpClientSide {
  try {
    return readRtmpClient(bytes)
  } catch (cause) {
    const text = `what the encoder sent cannot be read: ${(cause as Error).message}`
    throw new EnvironmentError('LP_RECORD_TOO_LITTLE', text, { cause })
  }
}
