import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import { EnvironmentError, UsageError } from '../errors.ts'
import type { Link } from '../network/link.ts'
import type { HostPort } from '../network/link-proxy.ts'
import { openLink } from '../network/open-link.ts'
import { openWhipLink } from '../network/whip-link.ts'
import type { Target, TargetStream } from '../targets/target.ts'
import type { DoorAddress, FormField } from './form-field.ts'
import type { Tap } from './tap.ts'
import { TcpTap } from './tcp-tap.ts'
import { UdpTap } from './udp-tap.ts'
import { WireCapture } from './wire-capture.ts'

export type DoorProtocol = 'rtmp' | 'srt' | 'whip'

export interface DoorOptions {
  readonly protocol: DoorProtocol
  readonly target: Target
  readonly stream: TargetStream
  /** Addresses of this machine that the encoder can reach. */
  readonly hosts: readonly string[]
  /** 0 for any that is free. */
  readonly port: number
  /** Callers must encrypt: SRT with a passphrase, RTMP as RTMPS. WHIP always does. */
  readonly encrypted: boolean
  /** An impaired link in front: id of a preset, or a file. */
  readonly link?: string
  readonly seed: number
}

/** Where the encoder comes in. */
export interface Door {
  readonly addresses: readonly DoorAddress[]
  /** What passed; null where it cannot be seen from outside, because it is encrypted. */
  readonly capture: WireCapture | null
  /** What impairs the media; WHIP's opens with its first session. */
  readonly link: Link | null
  readonly linkName: string | null
  close(): Promise<void>
}

/** ms, what nanoStream Cloud recommends */
const SRT_LATENCY_MS = 500

/**
 * Opens ingest on the given addresses.
 * @throws UsageError `LP_VALIDATE_HOST`, `LP_VALIDATE_TARGET`, `LP_LINK_…`
 * @throws EnvironmentError `LP_VALIDATE_LISTEN`
 */
export async function openDoor(options: DoorOptions): Promise<Door> {
  for (const host of options.hosts)
    if (isIP(host) === 0)
      throw new UsageError('LP_VALIDATE_HOST', `'${host}' is no IP address of this machine`)
  return options.protocol === 'whip' ? whipDoor(options) : tappedDoor(options, options.protocol)
}

async function tappedDoor(options: DoorOptions, protocol: 'rtmp' | 'srt'): Promise<Door> {
  const capture = new WireCapture()
  // What comes by TLS could not be read.
  const keeps = protocol === 'srt' || !options.encrypted
  const onPassed = keeps ? capture.add : () => {}
  const to = ingestOf(options, protocol)
  const tap: Tap = protocol === 'rtmp' ? new TcpTap({ to, onPassed }) : new UdpTap({ to, onPassed })
  let link: Link | null = null
  try {
    const listening: HostPort[] = []
    if (options.link === undefined) {
      for (const host of options.hosts)
        listening.push(await listen(tap, { host, port: options.port }))
    } else {
      const behind = await listen(tap, { host: '127.0.0.1', port: 0 })
      const { port, seed, link: preset } = options
      const [host, ...others] = options.hosts
      link = await openLink({
        ...{ preset, seed, to: behind, listen: { host: host!, port } },
        protocol: protocol === 'rtmp' ? 'tcp' : 'udp',
      })
      listening.push(link.address)
      for (const other of others) listening.push(await link.also(behind, { host: other, port }))
    }
    const form = protocol === 'rtmp' ? rtmpForm : srtForm
    return {
      addresses: listening
        .flatMap((at) => reachable(at))
        .map((at) => ({ host: at.host, fields: form(options, at) })),
      capture: keeps ? capture : null,
      link,
      linkName: link?.id ?? null,
      async close() {
        await link?.close()
        await tap.close()
      },
    }
  } catch (error) {
    await link?.close()
    await tap.close()
    throw error
  }
}

async function listen(tap: Tap, at: HostPort): Promise<HostPort> {
  try {
    return await tap.listen(at)
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? String(cause)
    const text = `cannot listen on ${at.host}:${at.port}: ${why}`
    throw new EnvironmentError('LP_VALIDATE_LISTEN', text, { cause })
  }
}

function ingestOf({ target, stream, encrypted }: DoorOptions, protocol: 'rtmp' | 'srt'): HostPort {
  const own = { rtmp: target.reference?.rtmps.url, srt: target.reference?.srtEncrypted.url }
  const address = encrypted ? own[protocol] : stream.ingest[protocol]
  if (!address) throw new UsageError('LP_VALIDATE_TARGET', `this target has no ${protocol} ingest`)
  const { hostname, port } = new URL(address)
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 1935) }
}

/** Without a link, the reference itself listens where the encoder comes in. */
async function whipDoor({ stream, hosts, port, link: preset, seed }: DoorOptions): Promise<Door> {
  const [host, ...others] = hosts
  if (others.length > 0 || host === '0.0.0.0' || host === '::') {
    const text = 'WHIP tells the encoder one address for its media: name one with --host'
    throw new UsageError('LP_VALIDATE_HOST', text)
  }
  const { whip, webrtc } = stream.ingest
  if (!whip) throw new UsageError('LP_VALIDATE_TARGET', 'this target has no WHIP ingest')
  const through =
    preset === undefined && port === 0
      ? null
      : await openWhipLink({
          ...{ url: whip.url, preset: preset ?? 'perfect', seed, listen: { host: host!, port } },
        })
  const fields: FormField[] = [
    { label: 'Service', value: 'WHIP' },
    { label: 'Server (URL)', value: through?.url ?? whip.url },
    { label: 'Bearer token', value: whip.token },
    ...(webrtc
      ? [{ label: 'or, without a token', value: sameOrigin(webrtc, through?.url ?? whip.url) }]
      : []),
  ]
  return {
    addresses: [{ host: host!, fields }],
    capture: null,
    get link() {
      return preset === undefined ? null : (through?.media ?? null)
    },
    linkName: preset ?? null,
    close: async () => through?.close(),
  }
}

/** The address at the origin of the other one. */
function sameOrigin(address: string, other: string): string {
  const { pathname, search } = new URL(address)
  return `${new URL(other).origin}${pathname}${search}`
}

function rtmpForm({ stream, encrypted }: DoorOptions, at: HostPort): FormField[] {
  const { pathname } = new URL(stream.ingest.rtmp)
  const url = `rtmp${encrypted ? 's' : ''}://${inAddress(at)}${pathname}`
  return [
    { label: 'Server (URL)', value: url },
    { label: 'Stream name (key)', value: stream.name },
    ...(encrypted
      ? [{ label: 'Certificate', value: 'self-made: tell the encoder to accept it' }]
      : []),
    { label: 'as one address', value: `${url}/${stream.name}` },
  ]
}

function srtForm({ stream, target, encrypted }: DoorOptions, at: HostPort): FormField[] {
  const streamId = `push:${stream.name}`
  const passphrase = encrypted ? target.reference?.srtEncrypted.passphrase : undefined
  const secret = passphrase ? `&passphrase=${passphrase}&pbkeylen=16` : ''
  const query = `mode=caller&streamid=${streamId}&latency=${SRT_LATENCY_MS * 1000}${secret}`
  return [
    { label: 'Host', value: at.host },
    { label: 'Port', value: String(at.port) },
    { label: 'Mode', value: 'caller' },
    { label: 'Stream id', value: streamId },
    { label: 'Latency', value: `${SRT_LATENCY_MS} ms` },
    ...(passphrase
      ? [{ label: 'Passphrase', value: passphrase }]
      : [{ label: 'Passphrase', value: '(none)' }]),
    { label: 'as one address', value: `srt://${inAddress(at)}?${query}` },
  ]
}

/** Nobody can enter a wildcard in a form: every address of this machine stands for it. */
function reachable({ host, port }: HostPort): HostPort[] {
  if (host !== '0.0.0.0' && host !== '::') return [{ host, port }]
  const family = host === '::' ? 'IPv6' : 'IPv4'
  return Object.values(networkInterfaces())
    .flatMap((known) => known ?? [])
    .filter((known) => known.family === family && !known.address.startsWith('fe80'))
    .map(({ address }) => ({ host: address, port }))
}

function inAddress({ host, port }: HostPort): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}
