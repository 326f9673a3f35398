import type { Agenda, Event } from '../agenda.ts'
import type { Ack } from './receiver.ts'
import { RoundTrip } from './round-trip.ts'
import { Segment } from './segment.ts'
import {
  DUP_THRESHOLD,
  INITIAL_WINDOW,
  MAX_TIMEOUTS,
  READ_AHEAD_BYTES,
  RECEIVE_WINDOW_BYTES,
} from './tcp-limits.ts'

export interface SenderOptions {
  readonly agenda: Agenda
  /** Bytes of payload in a full segment. */
  readonly mss: number
  /** Puts a segment on the link. */
  transmit(segment: Segment, at: number): void
  /** There is room for more bytes. */
  onRoom(at: number): void
  /** Time-out after time-out: the connection is dead. */
  onGivenUp(at: number): void
}

/**
 * The sending half of a TCP connection, counting bytes instead of carrying them: NewReno with
 * selective acknowledgement (RFC 5681, 6675), loss found by order of transmission and time as RACK
 * does (RFC 8985) with its tail loss probe, time-outs by RFC 6298, restart after idling (RFC 2861).
 */
export class Sender {
  /** Segments */
  window: number = INITIAL_WINDOW
  threshold = Infinity
  readonly roundTrip: RoundTrip = new RoundTrip()
  retransmitted = 0
  timeouts = 0
  fastRetransmits = 0
  readonly #options: SenderOptions
  /** In order of their bytes, from the first that is not acknowledged. */
  readonly #segments: Segment[] = []
  #head = 0
  /** In order of transmission; entries whose segment was sent again since are stale. */
  readonly #sent: { segment: Segment; order: number }[] = []
  #sentHead = 0
  readonly #lost: Segment[] = []
  #unsent = 0
  #nextByte = 0
  #acknowledged = 0
  #peerWindow = RECEIVE_WINDOW_BYTES
  #sacked: readonly Segment[] = []
  #sackedSeen = 0
  /** Segments on their way, as far as the sender knows. */
  #inFlight = 0
  #order = 0
  #highestOrder = -1
  #recoverUntil = -1
  #reordering = false
  #timeoutsInRow = 0
  #lastSentAt = 0
  #limited = false
  #started = false
  #finQueued = false
  #probed = false
  #dead = false
  #timerDue = Infinity
  #timerKind: 'timeout' | 'probe' | 'reorder' | 'window' = 'timeout'
  #timerArmed = Infinity
  readonly #timer: Event = { run: (at) => this.#timerFired(at) }

  constructor(options: SenderOptions) {
    this.#options = options
  }

  /** Bytes that are written and not sent yet. */
  get unsent(): number {
    return this.#unsent
  }

  get hasRoom(): boolean {
    return this.#unsent < READ_AHEAD_BYTES
  }

  /** Nothing waits to be sent or acknowledged. */
  get isIdle(): boolean {
    return this.#unsent === 0 && this.#head === this.#segments.length && !this.#finQueued
  }

  get recovering(): boolean {
    return this.#recoverUntil >= 0
  }

  /** The handshake is through: data may go. `roundTripMs` is what it measured, where it did. */
  start(at: number, roundTripMs?: number): void {
    if (this.#started) return
    this.#started = true
    if (roundTripMs !== undefined) this.roundTrip.measured(roundTripMs)
    this.#lastSentAt = at
    this.#pump(at)
  }

  write(bytes: number, at: number): void {
    this.#unsent += bytes
    this.#pump(at)
  }

  /** No more bytes will come. */
  end(at: number): void {
    this.#finQueued = true
    this.#pump(at)
  }

  /** Stops for good; timers no longer fire. */
  stop(): void {
    this.#dead = true
    this.#timerDue = Infinity
  }

  acknowledged({ next, sacked, sackedCount, windowBytes }: Ack, at: number): void {
    if (this.#dead) return
    this.#peerWindow = Math.max(this.#peerWindow, next + windowBytes)
    let newly = 0
    let measured = Infinity
    if (sacked !== this.#sacked) {
      this.#sacked = sacked
      this.#sackedSeen = 0
    }
    while (this.#sackedSeen < sackedCount) {
      const segment = sacked[this.#sackedSeen++]!
      if (segment.acked || segment.sacked) continue
      segment.sacked = true
      newly++
      measured = this.#arrived(segment, at, measured)
    }
    let advanced = 0
    while (this.#head < this.#segments.length) {
      const segment = this.#segments[this.#head]!
      if (segment.end > next) break
      this.#head++
      segment.acked = true
      advanced++
      if (!segment.sacked) {
        newly++
        measured = this.#arrived(segment, at, measured)
      }
      this.#acknowledged = segment.end
    }
    this.#trim()
    if (measured !== Infinity) this.roundTrip.measured(measured)
    if (newly > 0) {
      this.#timeoutsInRow = 0
      this.#probed = false
    }
    if (this.recovering && this.#acknowledged >= this.#recoverUntil) this.#recoverUntil = -1
    const lossy = this.#findLosses(at)
    if (lossy && !this.recovering) this.#enterRecovery()
    else if (advanced > 0 && !this.recovering) this.#grow(advanced)
    if (newly > 0 || advanced > 0) this.#armTimeout(at)
    this.#pump(at)
  }

  /** Books the arrival of a segment; returns the smaller of `measured` and its round trip. */
  #arrived(segment: Segment, at: number, measured: number): number {
    if (segment.lost) {
      segment.lost = false
      // The first copy arrived although it was given up: the link reorders.
      if (segment.transmissions === 1 && !segment.timedOut) this.#reordering = true
    } else this.#inFlight--
    this.#highestOrder = Math.max(this.#highestOrder, segment.order)
    return segment.transmissions === 1 ? Math.min(measured, at - segment.sentAt) : measured
  }

  #grow(segments: number): void {
    // A window that the application does not fill says nothing about the path (RFC 7661).
    if (!this.#limited) return
    if (this.window < this.threshold) this.window += segments
    else this.window += segments / this.window
  }

  /** Marks as lost what later transmissions have overtaken; returns whether there was any. */
  #findLosses(at: number): boolean {
    let found = false
    let wait = Infinity
    while (this.#sentHead < this.#sent.length) {
      const { segment, order } = this.#sent[this.#sentHead]!
      if (order > this.#highestOrder) break
      const current = segment.order === order && !segment.acked && !segment.sacked && !segment.lost
      if (current) {
        const byOrder =
          this.#highestOrder - order >= DUP_THRESHOLD || (this.recovering && !this.#reordering)
        const due = segment.sentAt + this.roundTrip.smoothed + this.#reorderWindow()
        if (!(byOrder && !this.#reordering) && due > at) {
          wait = due
          break
        }
        this.#markLost(segment)
        found = true
      }
      this.#sentHead++
    }
    if (this.#sentHead > 1_024 && this.#sentHead * 2 > this.#sent.length) {
      this.#sent.splice(0, this.#sentHead)
      this.#sentHead = 0
    }
    this.#reorderDue = wait
    return found
  }

  #reorderDue = Infinity

  #reorderWindow(): number {
    return this.roundTrip.min === Infinity ? 0 : this.roundTrip.min / 4
  }

  #markLost(segment: Segment): void {
    segment.lost = true
    this.#inFlight--
    this.#lost.push(segment)
  }

  #enterRecovery(): void {
    this.fastRetransmits++
    this.#recoverUntil = this.#nextByte
    this.threshold = Math.max(2, Math.floor(this.window / 2))
    this.window = this.threshold
  }

  #pump(at: number): void {
    if (!this.#started || this.#dead) return
    if (this.#head === this.#segments.length && at - this.#lastSentAt > this.roundTrip.timeout) {
      this.window = Math.min(this.window, INITIAL_WINDOW)
    }
    const had = this.#unsent
    while (this.#inFlight < Math.max(1, Math.floor(this.window))) {
      const again = this.#nextLost()
      if (again) this.#transmit(again, at)
      else if (!this.#sendNew(at)) break
    }
    this.#limited = this.#inFlight >= Math.floor(this.window)
    if (this.#timerDue === Infinity) this.#armTimeout(at)
    if (this.hasRoom && this.#unsent < had) this.#options.onRoom(at)
  }

  #nextLost(): Segment | null {
    for (;;) {
      const segment = this.#lost[0]
      if (!segment) return null
      this.#lost.shift()
      if (segment.lost) return segment
    }
  }

  #sendNew(at: number): boolean {
    const { mss } = this.#options
    const length = Math.min(mss, this.#unsent)
    if (length > 0) {
      if (this.#nextByte + length > this.#peerWindow) return false
      const segment = new Segment(this.#nextByte, this.#nextByte + length, false)
      this.#unsent -= length
      this.#append(segment, at)
      return true
    }
    if (!this.#finQueued || this.#unsent > 0) return false
    this.#finQueued = false
    this.#append(new Segment(this.#nextByte, this.#nextByte + 1, true), at)
    return true
  }

  #append(segment: Segment, at: number): void {
    this.#nextByte = segment.end
    this.#segments.push(segment)
    this.#transmit(segment, at)
  }

  #transmit(segment: Segment, at: number): void {
    if (segment.transmissions > 0) this.retransmitted++
    segment.lost = false
    segment.transmissions++
    segment.sentAt = at
    segment.order = this.#order++
    this.#sent.push({ segment, order: segment.order })
    this.#inFlight++
    this.#lastSentAt = at
    this.#options.transmit(segment, at)
  }

  #trim(): void {
    if (this.#head < 1_024 || this.#head * 2 < this.#segments.length) return
    this.#segments.splice(0, this.#head)
    this.#head = 0
  }

  #armTimeout(at: number): void {
    if (this.#head === this.#segments.length) {
      // Bytes that wait for a closed window: the ACK that opens it may get lost.
      this.#timerKind = 'window'
      this.#timerDue = this.#unsent > 0 ? at + this.roundTrip.timeout : Infinity
      if (this.#timerDue < this.#timerArmed) this.#schedule(this.#timerDue)
      return
    }
    this.#timerKind = 'timeout'
    this.#timerDue = at + this.roundTrip.timeout
    const { smoothed } = this.roundTrip
    if (!this.recovering && !this.#probed && smoothed > 0 && this.#timeoutsInRow === 0) {
      // Tail loss probe, RFC 8985 7.2: one segment alone may be waiting for a delayed ACK.
      const probeAt = at + 2 * smoothed + (this.#inFlight === 1 ? 200 : 2)
      if (probeAt < this.#timerDue) {
        this.#timerKind = 'probe'
        this.#timerDue = probeAt
      }
    }
    if (this.#reorderDue < this.#timerDue) {
      this.#timerKind = 'reorder'
      this.#timerDue = Math.max(at, this.#reorderDue)
    }
    if (this.#timerDue < this.#timerArmed) this.#schedule(this.#timerDue)
  }

  #schedule(due: number): void {
    this.#timerArmed = due
    this.#options.agenda.add(due, this.#timer)
  }

  #timerFired(at: number): void {
    if (at !== this.#timerArmed) return
    this.#timerArmed = Infinity
    if (this.#dead || this.#timerDue === Infinity) return
    if (this.#timerDue > at) {
      this.#schedule(this.#timerDue)
      return
    }
    this.#timerDue = Infinity
    if (this.#timerKind === 'reorder') this.#reorderTimeOver(at)
    else if (this.#timerKind === 'probe') this.#probe(at)
    else if (this.#timerKind === 'window') this.#probeWindow(at)
    else this.#timedOut(at)
  }

  #reorderTimeOver(at: number): void {
    if (this.#findLosses(at) && !this.recovering) this.#enterRecovery()
    this.#armTimeout(at)
    this.#pump(at)
  }

  #probe(at: number): void {
    this.#probed = true
    const last = this.#segments.at(-1)!
    if (!this.#sendNew(at) && !last.acked && !last.sacked) {
      if (last.lost) last.lost = false
      else this.#inFlight--
      this.#transmit(last, at)
    }
    this.#armTimeout(at)
  }

  #probeWindow(at: number): void {
    this.#options.transmit(new Segment(this.#nextByte, this.#nextByte, false), at)
    this.#armTimeout(at)
  }

  #timedOut(at: number): void {
    this.timeouts++
    if (++this.#timeoutsInRow > MAX_TIMEOUTS) {
      this.stop()
      this.#options.onGivenUp(at)
      return
    }
    this.roundTrip.timedOut()
    if (this.#timeoutsInRow === 1)
      this.threshold = Math.max(
        2,
        Math.floor(Math.min(this.window, this.#inFlight + this.#lost.length) / 2),
      )
    this.window = 1
    this.#recoverUntil = -1
    this.#reorderDue = Infinity
    this.#lost.length = 0
    for (let i = this.#head; i < this.#segments.length; i++) {
      const segment = this.#segments[i]!
      if (segment.sacked) continue
      segment.lost = true
      segment.timedOut = true
      this.#lost.push(segment)
    }
    this.#inFlight = 0
    // What was sent before is judged anew, by what is sent from here on.
    this.#sentHead = this.#sent.length
    this.#limited = true
    this.#pump(at)
    this.#armTimeout(at)
  }
}
