import type { RtpPacket } from '../../wire/rtp.ts'
import type { WhipLimits } from './limits.ts'

export interface RtpReceiverListener {
  /** Packets in order, each once. */
  packet(packet: RtpPacket, now: number): void
  /** Packets before the next one are lost for good. */
  lost(now: number): void
}

interface Missing {
  /** When it was found missing. */
  readonly since: number
  /** When it is asked for next. */
  askAt: number
}

/** Puts the packets of one source in order, and knows which ones to ask for again (RFC 4585). */
export class RtpReceiver {
  readonly #limits: WhipLimits
  readonly #listener: RtpReceiverListener
  /** Hz of the timestamps. */
  readonly #rate: number
  readonly #waiting = new Map<number, RtpPacket>()
  readonly #missing = new Map<number, Missing>()
  /** Extended sequence number of the packet that is delivered next; null before the first. */
  #next: number | null = null
  #highest = 0
  #transit: number | null = null
  #jitter = 0
  readonly stats = { packets: 0, bytes: 0, lost: 0, recovered: 0, duplicates: 0, nacks: 0 }
  #reported = { expected: 0, packets: 0 }
  #first = 0

  constructor(rate: number, limits: WhipLimits, listener: RtpReceiverListener) {
    this.#rate = rate
    this.#limits = limits
    this.#listener = listener
  }

  /** Extended highest sequence number that came. */
  get highest(): number {
    return this.#highest
  }

  /** In units of the timestamps (RFC 3550 §6.4.1). */
  get jitter(): number {
    return Math.round(this.#jitter)
  }

  /** Share of packets that did not come since the last call, 0–1. */
  takeFractionLost(): number {
    const expected = this.#highest - this.#first + 1
    const packets = this.stats.packets - this.stats.duplicates
    const due = expected - this.#reported.expected
    const got = packets - this.#reported.packets
    this.#reported = { expected, packets }
    return due <= 0 ? 0 : Math.max(0, (due - got) / due)
  }

  /** False for a packet that had come before. */
  receive(packet: RtpPacket, now: number): boolean {
    this.stats.packets++
    this.stats.bytes += packet.payload.length
    this.#measureJitter(packet, now)
    if (this.#next === null) {
      this.#next = packet.sequence
      this.#highest = packet.sequence
      this.#first = packet.sequence
    }
    const at = this.#extend(packet.sequence)
    if (at < this.#next || this.#waiting.has(at)) {
      this.stats.duplicates++
      return false
    }
    if (this.#missing.delete(at)) this.stats.recovered++
    if (at - this.#next > this.#limits.maxReordered) this.#startAgainAt(at, now)
    for (let seq = Math.max(this.#highest + 1, this.#next); seq < at; seq++) {
      this.#missing.set(seq, { since: now, askAt: now })
    }
    if (at > this.#highest) this.#highest = at
    this.#waiting.set(at, packet)
    this.#deliver(now)
    return true
  }

  /** When `tick` has something to do: ms, or Infinity. */
  get deadline(): number {
    let deadline = Number.POSITIVE_INFINITY
    for (const { since, askAt } of this.#missing.values()) {
      deadline = Math.min(deadline, askAt, since + this.#limits.lossMs)
    }
    return deadline
  }

  /** Gives up what is missing for too long; returns the sequence numbers to ask for now. */
  tick(now: number): number[] {
    for (const [at, { since }] of this.#missing) {
      if (now < since + this.#limits.lossMs) break
      this.#giveUp(at, now)
    }
    const ask: number[] = []
    for (const [at, missing] of this.#missing) {
      if (now < missing.askAt) continue
      missing.askAt = now + this.#limits.nackEveryMs
      ask.push(at & 0xffff)
    }
    this.stats.nacks += ask.length
    return ask
  }

  #extend(sequence: number): number {
    return this.#highest + (((sequence - this.#highest) << 16) >> 16)
  }

  #deliver(now: number): void {
    for (;;) {
      const next = this.#next ?? 0
      const packet = this.#waiting.get(next)
      if (packet === undefined) return
      this.#waiting.delete(next)
      this.#next = next + 1
      this.#listener.packet(packet, now)
    }
  }

  #giveUp(at: number, now: number): void {
    this.#missing.delete(at)
    this.stats.lost++
    if (at !== this.#next) return
    let next = at + 1
    while (next <= this.#highest && !this.#waiting.has(next)) {
      if (this.#missing.delete(next)) this.stats.lost++
      next++
    }
    this.#next = next
    this.#listener.lost(now)
    this.#deliver(now)
  }

  /** A jump too far to wait for: the sender began anew. */
  #startAgainAt(at: number, now: number): void {
    this.stats.lost += this.#missing.size
    this.#missing.clear()
    this.#waiting.clear()
    this.#next = at
    this.#highest = at
    this.#listener.lost(now)
  }

  #measureJitter(packet: RtpPacket, now: number): void {
    const arrival = (now * this.#rate) / 1000
    const transit = arrival - packet.timestamp
    if (this.#transit !== null) {
      const change = Math.abs(transit - this.#transit)
      if (change < this.#rate) this.#jitter += (change - this.#jitter) / 16
    }
    this.#transit = transit
  }
}
