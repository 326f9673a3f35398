import type { SrtLossRange } from '../../wire/srt-control.ts'
import { addSequence, sequenceDifference } from '../../wire/srt-sequence.ts'
import { MAX_LOSSES } from './limits.ts'

export interface BufferedPacket {
  readonly sequence: number
  readonly payload: Uint8Array
  /** ms, when it is to be delivered */
  readonly dueAt: number
}

export type PushResult =
  | 'stored'
  | 'duplicate'
  /** Its place was delivered or given up already. */
  | 'belated'
  /** Too far ahead, or no room. */
  | 'overflow'

interface Loss {
  first: number
  last: number
  /** ms, when it was last reported */
  reportedAt: number
}

/**
 * Packets in the order of their sequence numbers, from the next to deliver to the newest that came,
 * with the gaps between. At most `capacity` packets and `maxBytes`.
 */
export class ReceiveBuffer {
  readonly #slots: (BufferedPacket | undefined)[]
  readonly #capacity: number
  readonly #maxBytes: number
  #bytes = 0
  /** The next to deliver. */
  #next: number
  /** One behind the newest. */
  #end: number
  #losses: Loss[] = []

  readonly #givesUp: boolean

  /** `capacity`: a power of two; `givesUp`: what is missing is passed over once its time is over */
  constructor(initialSequence: number, capacity: number, maxBytes: number, givesUp = true) {
    this.#givesUp = givesUp
    this.#slots = new Array(capacity)
    this.#capacity = capacity
    this.#maxBytes = maxBytes
    this.#next = initialSequence
    this.#end = initialSequence
  }

  /** The first packet that is missing: what an ACK says. */
  get acknowledged(): number {
    return this.#losses[0]?.first ?? this.#end
  }

  get free(): number {
    return this.#capacity - sequenceDifference(this.#end, this.#next)
  }

  get empty(): boolean {
    return this.#next === this.#end
  }

  /** `loss`: the gap that this packet opened. */
  push(packet: BufferedPacket, now: number): { result: PushResult; loss: SrtLossRange | null } {
    const { sequence, payload } = packet
    const offset = sequenceDifference(sequence, this.#next)
    if (offset < 0) return { result: 'belated', loss: null }
    const full = this.#bytes + payload.length > this.#maxBytes
    if (offset >= this.#capacity || full) return { result: 'overflow', loss: null }
    const slot = sequence & (this.#capacity - 1)
    if (this.#slots[slot] !== undefined) return { result: 'duplicate', loss: null }
    const ahead = sequenceDifference(sequence, this.#end)
    let loss: SrtLossRange | null = null
    if (ahead > 0) {
      if (this.#losses.length >= MAX_LOSSES) return { result: 'overflow', loss: null }
      loss = [this.#end, addSequence(sequence, -1)]
      this.#losses.push({ first: loss[0], last: loss[1], reportedAt: now })
    }
    if (ahead >= 0) this.#end = addSequence(sequence, 1)
    else this.#found(sequence)
    this.#slots[slot] = packet
    this.#bytes += payload.length
    return { result: 'stored', loss }
  }

  /** ms at which something is to deliver: the next packet, or the first behind a gap. */
  get dueAt(): number {
    if (this.empty) return Number.POSITIVE_INFINITY
    const sequence = this.#afterGap()
    if (sequence !== this.#next && !this.#givesUp) return Number.POSITIVE_INFINITY
    return this.#at(sequence)?.dueAt ?? Number.POSITIVE_INFINITY
  }

  /** The next packet that is due, and how many before it are given up for it; or null. */
  take(now: number): { packet: BufferedPacket; dropped: number } | null {
    if (this.empty) return null
    const sequence = this.#afterGap()
    const packet = this.#at(sequence)
    if (packet === undefined || this.dueAt > now) return null
    const dropped = sequenceDifference(sequence, this.#next)
    if (dropped > 0) this.#losses.shift()
    this.#slots[sequence & (this.#capacity - 1)] = undefined
    this.#bytes -= packet.payload.length
    this.#next = addSequence(sequence, 1)
    return { packet, dropped }
  }

  /** Gaps that were last reported `ageMs` ago or more; they count as reported now. */
  unreported(now: number, ageMs: number, max: number): SrtLossRange[] {
    const ranges: SrtLossRange[] = []
    for (const loss of this.#losses) {
      if (ranges.length >= max) break
      if (now - loss.reportedAt < ageMs) continue
      loss.reportedAt = now
      ranges.push([loss.first, loss.last])
    }
    return ranges
  }

  get hasLosses(): boolean {
    return this.#losses.length > 0
  }

  #at(sequence: number): BufferedPacket | undefined {
    return this.#slots[sequence & (this.#capacity - 1)]
  }

  /** The next packet, or the one behind the gap that begins there. */
  #afterGap(): number {
    const [loss] = this.#losses
    return loss !== undefined && loss.first === this.#next ? addSequence(loss.last, 1) : this.#next
  }

  /** A missing packet came: its gap shrinks or falls in two. */
  #found(sequence: number): void {
    const index = this.#losses.findIndex(
      ({ first, last }) =>
        sequenceDifference(sequence, first) >= 0 && sequenceDifference(last, sequence) >= 0,
    )
    const loss = this.#losses[index]
    if (loss === undefined) return
    const { first, last, reportedAt } = loss
    const parts: Loss[] = []
    if (sequence !== first) parts.push({ first, last: addSequence(sequence, -1), reportedAt })
    if (sequence !== last) parts.push({ first: addSequence(sequence, 1), last, reportedAt })
    this.#losses.splice(index, 1, ...parts)
  }
}
