import { randomInt } from 'node:crypto'
import { WireError } from '../errors.ts'
import { MAX_UNACKNOWLEDGED } from './limits.ts'
import { type CallFields, conclusionCall, inductionCall } from './srt-caller-handshake.ts'
import { parseSrtAck, parseSrtNak } from './srt-control.ts'
import { parseSrtCapabilities } from './srt-extensions.ts'
import {
  buildSrtHandshake,
  parseSrtHandshake,
  SRT_MAGIC,
  SrtExtensionType,
  SrtHandshakeType,
} from './srt-handshake.ts'
import {
  buildSrtControl,
  parseSrtPacket,
  SrtControl,
  type SrtControlPacket,
  SrtKey,
} from './srt-packet.ts'
import { srtRejectReason } from './srt-reject.ts'
import { SendBuffer } from './srt-send-buffer.ts'
import { SendingKeys, type SendingKeysOptions } from './srt-sending-keys.ts'

export interface SrtCallerOptions extends CallFields {
  readonly keys?: SendingKeysOptions
  /** The O flag of data packets; libsrt's callers differ in it. */
  readonly inOrder?: boolean
  /** For tests: where sequence numbers begin. */
  readonly initialSequence?: number
  /** Ways to be wrong. */
  readonly ignoresNak?: boolean
  readonly now: number
}

export type SrtCallerEvent =
  | { readonly type: 'connected'; readonly latencyMs: number }
  /** As libsrt counts reasons: 1404, 10, … */
  | { readonly type: 'rejected'; readonly reason: number }
  | { readonly type: 'closed'; readonly reason: 'peer' | 'timeout' }

export interface SrtCallerStats {
  packets: number
  retransmitted: number
  /** Given up unacknowledged. */
  dropped: number
  naks: number
  acks: number
}

const RETRY_MS = 250
/** libsrt's default for connecting, ms. */
const CONNECT_MS = 3_000
const KEEP_ALIVE_MS = 1_000
const PEER_IDLE_MS = 5_000
/** ms without an ACK, after which the newest packet is sent again: the end may be lost. */
const TAIL_MS = 300

/**
 * A caller that sends, without socket and timer (draft §4.3.1, §4.6–4.8): packets and times go in;
 * packets and events come out through `take…`.
 */
export class SrtCaller {
  readonly stats: SrtCallerStats = { packets: 0, retransmitted: 0, dropped: 0, naks: 0, acks: 0 }
  readonly #options: SrtCallerOptions
  readonly #socketId = randomInt(1, 0x3fffffff)
  readonly #buffer: SendBuffer
  readonly #keys: SendingKeys | null
  readonly #openedAt: number
  #phase: 'induction' | 'conclusion' | 'connected' | 'closed' = 'induction'
  #out: Buffer[] = []
  #events: SrtCallerEvent[] = []
  #retryAt: number
  #cookie = 0
  #peerId = 0
  #latencyMs: number
  #lastSentAt: number
  #lastPeerAt: number
  #tailAt = Number.POSITIVE_INFINITY

  constructor(options: SrtCallerOptions) {
    const { now, initialSequence = randomInt(0, 0x7fffffff), keys } = options
    this.#options = options
    this.#buffer = new SendBuffer(initialSequence, options.inOrder)
    this.#keys = keys === undefined ? null : new SendingKeys(keys)
    this.#latencyMs = options.latencyMs
    this.#openedAt = now
    this.#retryAt = now
    this.#lastSentAt = now
    this.#lastPeerAt = now
    this.tick(now)
  }

  get connected(): boolean {
    return this.#phase === 'connected'
  }

  /** Packets that were sent and are not acknowledged. */
  get unacknowledged(): number {
    return this.#buffer.length
  }

  get congested(): boolean {
    return this.#buffer.length >= MAX_UNACKNOWLEDGED
  }

  /** Packets to send now. */
  takePackets(): Buffer[] {
    const out = this.#out
    this.#out = []
    return out
  }

  takeEvents(): SrtCallerEvent[] {
    const events = this.#events
    this.#events = []
    return events
  }

  /** When `tick` wants to be called next: ms, or Infinity. */
  get deadline(): number {
    if (this.#phase === 'closed') return Number.POSITIVE_INFINITY
    if (this.#phase !== 'connected') return Math.min(this.#retryAt, this.#openedAt + CONNECT_MS)
    return Math.min(
      this.#lastSentAt + KEEP_ALIVE_MS,
      this.#lastPeerAt + PEER_IDLE_MS,
      this.#tailAt,
      this.#buffer.oldestSentAt + Math.max(1000, this.#latencyMs) + 21,
    )
  }

  tick(now: number): void {
    if (this.#phase === 'closed') return
    if (this.#phase !== 'connected') {
      if (now >= this.#openedAt + CONNECT_MS) this.#close('timeout')
      else if (now >= this.#retryAt) this.#shakeHands(now)
      return
    }
    if (now >= this.#lastPeerAt + PEER_IDLE_MS) {
      this.#close('timeout')
      return
    }
    this.stats.dropped += this.#buffer.dropTooLate(now, this.#latencyMs)
    if (now >= this.#tailAt) this.#sendTail(now)
    if (now >= this.#lastSentAt + KEEP_ALIVE_MS) this.#control(SrtControl.keepAlive, now)
  }

  /** One payload, 1456 bytes at most; false when nothing can be sent. */
  send(payload: Uint8Array, now: number): boolean {
    if (this.#phase !== 'connected' || this.congested) return false
    const keys = this.#keys
    let body = payload
    let which: number = SrtKey.none
    if (keys !== null) {
      const announcement = keys.announcement()
      if (announcement !== null) this.#announceKeys(announcement, now)
      const encrypted = keys.encrypt(this.#buffer.nextSequence, payload)
      body = encrypted.payload
      which = encrypted.which
    }
    this.#out.push(this.#buffer.add(body, which, this.#timestamp(now), this.#peerId, now))
    this.stats.packets += 1
    this.#lastSentAt = now
    this.#tailAt = now + TAIL_MS
    return true
  }

  receive(bytes: Uint8Array, now: number): void {
    if (this.#phase === 'closed') return
    try {
      const packet = parseSrtPacket(bytes)
      if (!packet.control || packet.destination !== this.#socketId) return
      this.#lastPeerAt = now
      if (packet.type === SrtControl.handshake) this.#handshake(packet, now)
      else if (this.#phase === 'connected') this.#feedback(packet, now)
    } catch (error) {
      if (!(error instanceof WireError)) throw error
    }
  }

  /** Says goodbye; nothing is sent after it. */
  shutdown(now: number): void {
    if (this.#phase === 'connected') this.#control(SrtControl.shutdown, now)
    this.#phase = 'closed'
  }

  #handshake(packet: SrtControlPacket, now: number): void {
    const handshake = parseSrtHandshake(packet.body)
    if (this.#phase === 'connected') return
    if (handshake.type === SrtHandshakeType.induction) {
      if (this.#phase !== 'induction' || handshake.extensionField !== SRT_MAGIC) return
      this.#cookie = handshake.cookie
      this.#phase = 'conclusion'
      this.#shakeHands(now)
    } else if (handshake.type === SrtHandshakeType.conclusion) {
      const response = handshake.extensions.find(
        ({ type }) => type === SrtExtensionType.handshakeResponse,
      )
      if (response !== undefined) {
        const { receiverLatency } = parseSrtCapabilities(response.content)
        this.#latencyMs = Math.max(this.#options.latencyMs, receiverLatency)
      }
      this.#peerId = handshake.socketId
      this.#phase = 'connected'
      this.#events.push({ type: 'connected', latencyMs: this.#latencyMs })
    } else if (handshake.type >= 1000 && handshake.type < 0xffff0000) {
      this.#phase = 'closed'
      this.#events.push({ type: 'rejected', reason: srtRejectReason(handshake.type) })
    }
  }

  #feedback(packet: SrtControlPacket, now: number): void {
    if (packet.type === SrtControl.ack) {
      this.stats.acks += 1
      const { sequence, full } = parseSrtAck(packet.body)
      this.#buffer.acknowledge(sequence)
      this.#tailAt = this.#buffer.length === 0 ? Number.POSITIVE_INFINITY : now + TAIL_MS
      if (full !== undefined) this.#control(SrtControl.ackAck, now, { info: packet.info })
    } else if (packet.type === SrtControl.nak) {
      this.stats.naks += 1
      if (this.#options.ignoresNak) return
      for (const range of parseSrtNak(packet.body)) {
        const { packets } = this.#buffer.again(range, this.#peerId)
        this.stats.retransmitted += packets.length
        this.#out.push(...packets)
      }
    } else if (packet.type === SrtControl.shutdown) {
      this.#close('peer')
    }
  }

  #sendTail(now: number): void {
    this.#tailAt = now + TAIL_MS
    if (this.#options.ignoresNak) return
    const packet = this.#buffer.newest(this.#peerId)
    if (packet === null) this.#tailAt = Number.POSITIVE_INFINITY
    else {
      this.#out.push(packet)
      this.stats.retransmitted += 1
    }
  }

  #announceKeys(material: Buffer, now: number): void {
    const subtype = SrtExtensionType.keyMaterialRequest
    this.#control(SrtControl.userDefined, now, { subtype, body: material })
  }

  #shakeHands(now: number): void {
    this.#retryAt = now + RETRY_MS
    const options = this.#options
    const state = { initialSequence: this.#buffer.nextSequence, socketId: this.#socketId }
    const keys = this.#keys && { material: this.#keys.material(), bytes: this.#keys.keyBytes }
    const handshake =
      this.#phase === 'induction'
        ? inductionCall(options, state)
        : conclusionCall(options, state, { cookie: this.#cookie, keys })
    const timestamp = this.#timestamp(now)
    const body = buildSrtHandshake(handshake)
    this.#out.push(buildSrtControl({ type: SrtControl.handshake, timestamp, destination: 0, body }))
  }

  #control(
    type: number,
    now: number,
    fields: { subtype?: number; info?: number; body?: Uint8Array } = {},
  ): void {
    // An ACKACK is no sign of life that the peer waits for.
    if (type !== SrtControl.ackAck) this.#lastSentAt = now
    const timestamp = this.#timestamp(now)
    this.#out.push(buildSrtControl({ type, timestamp, destination: this.#peerId, ...fields }))
  }

  #timestamp(now: number): number {
    return Math.round((now - this.#openedAt) * 1000) >>> 0
  }

  #close(reason: 'peer' | 'timeout'): void {
    this.#phase = 'closed'
    this.#events.push({ type: 'closed', reason })
  }
}
