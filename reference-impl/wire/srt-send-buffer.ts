import type { SrtLossRange } from './srt-control.ts'
import { buildSrtData, SrtPosition } from './srt-packet.ts'
import { addSequence, MAX_SEQUENCE, nextMessageNumber, sequenceDifference } from './srt-sequence.ts'

interface Sent {
  readonly sequence: number
  readonly message: number
  readonly timestamp: number
  readonly payload: Uint8Array
  readonly key: number
  readonly sentAt: number
}

/** ms that a sender keeps a packet at least, and what it adds to the latency (draft §4.6). */
const MIN_KEEP_MS = 1000
const EXTRA_KEEP_MS = 20

/** What was sent and has not been acknowledged: a queue in the order of sequence numbers. */
export class SendBuffer {
  #packets: Sent[] = []
  #next: number
  #message = 1
  readonly #inOrder: boolean

  /** `inOrder`: the flag of every packet; without a meaning in live mode. */
  constructor(initialSequence: number, inOrder = false) {
    this.#inOrder = inOrder
    this.#next = initialSequence & MAX_SEQUENCE
  }

  get length(): number {
    return this.#packets.length
  }

  get nextSequence(): number {
    return this.#next
  }

  /** Keeps a payload, encrypted as it goes on the wire, and returns its packet. */
  add(
    payload: Uint8Array,
    key: number,
    timestamp: number,
    destination: number,
    now: number,
  ): Buffer {
    const sent = {
      sequence: this.#next,
      message: this.#message,
      timestamp,
      payload,
      key,
      sentAt: now,
    }
    this.#packets.push(sent)
    this.#next = addSequence(this.#next, 1)
    this.#message = nextMessageNumber(this.#message)
    return this.#packet(sent, destination, false)
  }

  /** Everything before `sequence` has arrived. */
  acknowledge(sequence: number): void {
    const count = this.#packets.findIndex(
      (sent) => sequenceDifference(sent.sequence, sequence) >= 0,
    )
    if (count === -1 && sequenceDifference(this.#next, sequence) >= 0) this.#packets = []
    else if (count > 0) this.#packets.splice(0, count)
  }

  /** What is still there of a range, to send again; `gone`: what is not. */
  again([first, last]: SrtLossRange, destination: number): { packets: Buffer[]; gone: boolean } {
    const packets = this.#packets
      .filter(
        ({ sequence }) =>
          sequenceDifference(sequence, first) >= 0 && sequenceDifference(last, sequence) >= 0,
      )
      .map((sent) => this.#packet(sent, destination, true))
    const oldest = this.#packets[0]?.sequence ?? this.#next
    return { packets, gone: sequenceDifference(first, oldest) < 0 }
  }

  /** Gives up what is too old for the receiver to use; how many. */
  dropTooLate(now: number, latencyMs: number): number {
    const keepMs = Math.max(MIN_KEEP_MS, latencyMs) + EXTRA_KEEP_MS
    let count = 0
    while ((this.#packets[count]?.sentAt ?? now) < now - keepMs) count += 1
    this.#packets.splice(0, count)
    return count
  }

  get oldestSentAt(): number {
    return this.#packets[0]?.sentAt ?? Number.POSITIVE_INFINITY
  }

  /** The newest, to show a receiver that it misses the end. */
  newest(destination: number): Buffer | null {
    const last = this.#packets.at(-1)
    return last === undefined ? null : this.#packet(last, destination, true)
  }

  #packet(sent: Sent, destination: number, retransmitted: boolean): Buffer {
    const { sequence, message, timestamp, payload, key } = sent
    const fixed = { position: SrtPosition.only, inOrder: this.#inOrder }
    const fields = { sequence, message, timestamp, payload, key, destination, retransmitted }
    return buildSrtData({ ...fixed, ...fields })
  }
}
