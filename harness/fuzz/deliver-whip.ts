import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { isIPv6 } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { healthyCheck } from './corpora/rtp-cases.ts'
import { type Delivery, deliver } from './deliver.ts'
import type { FuzzBytes, FuzzPlace } from './fuzz-input.ts'
import { unpackWhip } from './whip-session.ts'

/** What stands for the session's address and its ETag until they are known. */
export const SESSION = '/whip/session/SESSION'
export const ETAG = '"ETAG"'

/** What the offers of the fuzzer call themselves. */
const OUR_UFRAG = 'abcd'
const CHECK_MS = 50
/** Bytes of a datagram. */
const LARGEST = 60_000

/**
 * A session of requests, each on a connection of its own, and datagrams. Where the first is answered
 * with 201, a healthy check makes the sender known, and the rest follows; else nothing does.
 */
export async function deliverWhip(
  place: FuzzPlace,
  { bytes }: FuzzBytes,
  goodbye: 'fin' | 'rst',
): Promise<Delivery> {
  const [first, ...rest] = unpackWhip(bytes)
  if (first === undefined) return { outcome: 'closed', answer: Buffer.alloc(0) }
  const delivery = await deliver(place, { bytes: first.bytes }, goodbye)
  const session = readSession(delivery.answer)
  if (session === null) return delivery
  const later: Buffer[] = []
  const datagrams = rest.flatMap((step) => (step.kind === 'datagram' ? [step.bytes] : []))
  if (session.media) await sendMedia(session.media, datagrams)
  await sendRelay(place, datagrams)
  for (const { kind, bytes: template } of rest) {
    if (kind !== 'request') continue
    const text = template.toString('latin1')
    const request = text.replace(SESSION, session.path).replace(ETAG, session.etag)
    const { answer } = await deliver(place, { bytes: Buffer.from(request, 'latin1') })
    later.push(answer)
  }
  return { ...delivery, later }
}

interface Session {
  readonly path: string
  readonly etag: string
  readonly media: {
    readonly host: string
    readonly port: number
    readonly ufrag: string
    readonly password: string
  } | null
}

function readSession(answer: Buffer): Session | null {
  const text = answer.toString('latin1')
  if (!text.startsWith('HTTP/1.1 201')) return null
  const find = (pattern: RegExp) => pattern.exec(text)?.[1] ?? ''
  const [, host, port] = /^a=candidate:\S+ \d+ udp \d+ (\S+) (\d+) typ host/m.exec(text) ?? []
  const ufrag = find(/^a=ice-ufrag:(\S+)/m)
  const password = find(/^a=ice-pwd:(\S+)/m)
  const media = host && port ? { host, port: Number(port), ufrag, password } : null
  return { path: find(/^location: (\S+)/im), etag: find(/^etag: (\S+)/im), media }
}

/** STUN and TURN, where a target has them at the port of the same number: whatever comes there. */
async function sendRelay({ host, port }: FuzzPlace, datagrams: readonly Buffer[]): Promise<void> {
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4')
  socket.on('error', () => undefined)
  const sent = datagrams
    .filter(({ length }) => length <= LARGEST)
    .map(
      (datagram) =>
        new Promise<void>((resolve) => socket.send(datagram, port, host, () => resolve())),
    )
  await Promise.all(sent)
  socket.close()
}

async function sendMedia(
  { host, port, ufrag, password }: NonNullable<Session['media']>,
  datagrams: readonly Buffer[],
): Promise<void> {
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4')
  socket.on('error', () => undefined)
  try {
    socket.connect(port, host)
    await once(socket, 'connect')
    const username = `${ufrag}:${OUR_UFRAG}`
    socket.send(healthyCheck(username, password, Buffer.alloc(12, 5)), () => undefined)
    await Promise.race([once(socket, 'message'), delay(CHECK_MS)])
    for (const datagram of datagrams) {
      if (datagram.length <= LARGEST) socket.send(datagram, () => undefined)
    }
    await delay(1)
  } finally {
    socket.close()
  }
}
