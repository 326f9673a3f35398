import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { nowMs } from '../measure/clock.ts'
import { healthyCheck } from './corpora/rtp-cases.ts'
import { healthyConclusion, healthyInduction } from './corpora/srt-cases.ts'
import { deliver } from './deliver.ts'
import type { FuzzPlace } from './fuzz-input.ts'

const COOKIE = 44
const TYPE = 36
/** Packets or requests in one go; then others get a turn. */
const BURST = 64

/** What a flood was: it ends by itself. */
export interface Flood {
  readonly sent: number
  /** Answers of a kind that the flood knows: 201s, conclusions, inductions. */
  readonly taken: number
}

type Endpoint = Pick<FuzzPlace, 'host' | 'port'>

async function connected({ host, port }: Endpoint, hear: (bytes: Buffer) => void): Promise<Socket> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
  socket.on('error', () => undefined)
  socket.on('message', hear)
  socket.connect(port, host)
  await once(socket, 'connect')
  return socket
}

/** Inductions as fast as they can be sent, from a few ports, and no word after them. */
export async function floodInductions(place: Endpoint, count: number): Promise<Flood> {
  let taken = 0
  const sockets = await Promise.all(
    Array.from({ length: 8 }, () => connected(place, () => void taken++)),
  )
  const packet = healthyInduction()
  for (let sent = 0; sent < count; sent++) {
    sockets[sent % sockets.length]?.send(packet, () => undefined)
    if (sent % BURST === BURST - 1) await delay(1)
  }
  await delay(50)
  for (const socket of sockets) socket.close()
  return { sent: count, taken }
}

/**
 * Callers that conclude and say nothing more, however they are answered, again and again: a caller
 * that ignores its rejection and never gives up.
 */
export async function floodConclusions(
  place: Endpoint,
  { streamIds, everyMs, ms }: { streamIds: readonly string[]; everyMs: number; ms: number },
): Promise<Flood> {
  let sent = 0
  let taken = 0
  const endAt = nowMs() + ms
  await Promise.all(
    streamIds.map(async (streamId) => {
      const cookie = Promise.withResolvers<number>()
      const socket = await connected(place, (bytes) => {
        if (bytes.length < COOKIE + 4) return
        if (bytes.readUInt32BE(TYPE) === 1) cookie.resolve(bytes.readUInt32BE(COOKIE))
        else taken++
      })
      const conclusion = healthyConclusion(streamId)
      socket.send(healthyInduction(), () => undefined)
      const value = await Promise.race([cookie.promise, delay(2_000, null)])
      if (value !== null) {
        conclusion.writeUInt32BE(value, COOKIE)
        while (nowMs() < endAt) {
          socket.send(conclusion, () => undefined)
          sent++
          await delay(everyMs)
        }
      }
      socket.close()
    }),
  )
  return { sent, taken }
}

/** Requests, so many at a time, each on a connection of its own. */
export async function floodRequests(
  place: Endpoint,
  requests: readonly Buffer[],
  isTaken: (answer: string) => boolean,
  onTaken: (answer: string) => Promise<void> = async () => undefined,
): Promise<Flood> {
  let next = 0
  let taken = 0
  const lane = async () => {
    for (let bytes = requests[next++]; bytes !== undefined; bytes = requests[next++]) {
      const { answer } = await deliver(place, { bytes })
      const text = answer.toString('latin1')
      if (!isTaken(text)) continue
      taken++
      await onTaken(text)
    }
  }
  await Promise.all(Array.from({ length: 32 }, lane))
  return { sent: requests.length, taken }
}

/** One ICE check as the answer wants it, and no DTLS after it. */
export async function checkOnce(answer: string): Promise<void> {
  const find = (pattern: RegExp) => pattern.exec(answer)?.[1] ?? ''
  const [, host = '', port] = /^a=candidate:\S+ \d+ udp \d+ (\S+) (\d+) typ/m.exec(answer) ?? []
  const socket = await connected({ host, port: Number(port) }, () => undefined)
  const username = `${find(/^a=ice-ufrag:(\S+)/m)}:abcd`
  const check = healthyCheck(username, find(/^a=ice-pwd:(\S+)/m), Buffer.alloc(12, 9))
  await new Promise<void>((resolve) => socket.send(check, () => resolve()))
  socket.close()
}
