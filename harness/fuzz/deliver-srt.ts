import { createSocket, type Socket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { healthyInduction } from './corpora/srt-cases.ts'
import type { Delivery } from './deliver.ts'
import type { FuzzBytes, FuzzPlace } from './fuzz-input.ts'
import { unpackSteps } from './srt-session.ts'

/** Offsets in a handshake packet, and its types (SRT draft §3.2.1). */
const TYPE = 36
const SOCKET_ID = 40
const COOKIE = 44
const HANDSHAKE_BYTES = 64
const DESTINATION = 12
const CONCLUSION = 0xffffffff
/** How often and how long a listener is asked before it counts as gone. */
const TRIES = 10
const TRY_MS = 500
/** How long the answer to a conclusion is waited for before the rest is sent all the same, ms. */
const WAIT_MS = 100
/** Answers that come after the last packet, ms. */
const AFTER_MS = 15
/** Packets that are sent in one go. */
const BURST = 16

/**
 * A call with a socket of its own: a healthy induction, then the steps, each with the cookie or the
 * socket id that the listener gave where it wants one. Its answer is the first handshake that came
 * after the induction.
 */
export async function deliverSrt(
  place: FuzzPlace,
  { bytes, port = place.port }: FuzzBytes,
): Promise<Delivery> {
  const socket = createSocket(isIPv6(place.host) ? 'udp6' : 'udp4')
  const answers: Buffer[] = []
  const inbox = new Inbox(socket, answers)
  try {
    socket.connect(port, place.host)
    await inbox.opened
    const cookie = await induct(socket, inbox)
    if (cookie === null) return { outcome: 'unreachable', answer: Buffer.alloc(0) }
    const steps = unpackSteps(bytes)
    let peer = 0
    for (const [i, { kind, bytes: packet }] of steps.entries()) {
      if (kind === 'conclusion' && packet.length >= COOKIE + 4) packet.writeUInt32BE(cookie, COOKIE)
      if (kind === 'session' && packet.length >= DESTINATION + 4) {
        packet.writeUInt32BE(peer, DESTINATION)
      }
      const before = answers.length
      if (socketSend(socket, packet) && kind === 'conclusion') {
        await inbox.more(before, WAIT_MS)
        const taken = answers.slice(before).find(isConclusion)
        if (taken) peer = taken.readUInt32BE(SOCKET_ID)
      } else if (i % BURST === BURST - 1) await delay(1)
    }
    await delay(AFTER_MS)
    const [, ...rest] = answers
    return { outcome: 'closed', answer: rest[0] ?? Buffer.alloc(0), later: rest.slice(1) }
  } finally {
    socket.close()
  }
}

export function isConclusion(answer: Buffer): boolean {
  return (
    answer.length >= HANDSHAKE_BYTES &&
    answer.readUInt16BE(0) === 0x8000 &&
    answer.readUInt32BE(TYPE) === CONCLUSION
  )
}

async function induct(socket: Socket, inbox: Inbox): Promise<number | null> {
  for (let left = TRIES; left > 0 && !inbox.refused; left--) {
    socketSend(socket, healthyInduction())
    await inbox.more(0, TRY_MS)
    const [answer] = inbox.answers
    if (answer && answer.length >= HANDSHAKE_BYTES) return answer.readUInt32BE(COOKIE)
  }
  return null
}

/** UDP refuses what is too long; a fuzzer's packet may be. */
function socketSend(socket: Socket, packet: Buffer): boolean {
  if (packet.length > 60_000) return false
  socket.send(packet, () => undefined)
  return true
}

const MOST_ANSWERS = 64

class Inbox {
  readonly answers: Buffer[]
  readonly opened: Promise<void>
  /** Nobody listens at the port any more. */
  refused = false
  #wake: () => void = () => undefined

  constructor(socket: Socket, answers: Buffer[]) {
    this.answers = answers
    this.opened = new Promise((resolve) => socket.once('connect', () => resolve()))
    socket.on('error', () => {
      this.refused = true
      this.#wake()
    })
    socket.on('message', (bytes) => {
      if (answers.length < MOST_ANSWERS) answers.push(bytes)
      this.#wake()
    })
  }

  /** Resolves once there are more answers than `than`, or the time is over. */
  async more(than: number, ms: number): Promise<void> {
    if (this.answers.length > than || this.refused) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}
