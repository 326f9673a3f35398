import { TICKS_PER_SECOND } from '../../live/frame.ts'
import type { LiveStream, Subscriber } from '../../live/live-stream.ts'
import type { FragmentPacket, Packet, TrackSet } from '../../live/packet.ts'
import { SWITCH_HOLD_MS, SWITCH_TIMEOUT_MS } from './limits.ts'
import { presentationOf, soundEnd, withSound } from './seam-audio.ts'

/** 90 kHz ticks by which two key frames of one picture may differ: RTMP stamps are whole ms. */
const SAME_PICTURE = 0.008 * TICKS_PER_SECOND
const HOLD = (SWITCH_HOLD_MS * TICKS_PER_SECOND) / 1000
/** Groups of pictures of the new stream that are remembered. */
const GROUPS = 3

interface Group {
  /** Presentation time of its key frame. */
  readonly at: number
  readonly fragments: FragmentPacket[]
}

export type SwitchFailure = 'ended' | 'timeout' | 'not-aligned'

export interface SwitchEvents {
  /**
   * The new stream goes on with these, and what was held of the old one is void.
   * @param newest the last of them as the stream itself hands it out
   */
  ready(fragments: readonly FragmentPacket[], newest: FragmentPacket | undefined): void
  /** It will not come about; what was held of the old stream goes on. */
  failed(failure: SwitchFailure, held: readonly Packet[]): void
}

/**
 * Looks for the place at which a viewer can change over from one stream of a group to another: a key
 * frame that both have. The old stream goes on up to it and not beyond; where the new one lags, as a
 * transcode does, the viewer waits for it there. So no picture is lost, and none comes twice.
 */
export class StreamSwitch implements Subscriber {
  readonly target: LiveStream
  readonly #events: SwitchEvents
  readonly #deadline: number
  #groups: Group[] = []
  #held: Packet[] | undefined
  #waitsFor = 0
  #soundEnd: number | undefined
  #over = false

  /** `now`: ms */
  constructor(target: LiveStream, now: number, events: SwitchEvents) {
    this.target = target
    this.#events = events
    this.#deadline = now + SWITCH_TIMEOUT_MS
    target.subscribe(this)
    for (const packet of target.cached) this.packet(packet)
  }

  /** Of the new stream. */
  packet(packet: Packet): void {
    if (packet.kind === 'init') this.#groups = []
    if (packet.kind !== 'fragment') return
    if (!packet.key) {
      this.#groups.at(-1)?.fragments.push(packet)
      return
    }
    const at = presentationOf(packet)
    this.#groups.push({ at, fragments: [packet] })
    if (this.#groups.length > GROUPS) this.#groups.shift()
    if (this.#held === undefined) return
    if (this.#changeOver(this.#waitsFor)) return
    if (at > this.#waitsFor) this.#fail('not-aligned')
  }

  end(): void {
    this.#fail('ended')
  }

  /** A packet of the old stream; true when the viewer shall have it. */
  takes(packet: Packet, tracks: TrackSet): boolean {
    if (this.#over) return true
    if (this.#held !== undefined) {
      this.#held.push(packet)
      if (packet.kind === 'fragment' && packet.time - this.#waitsFor > HOLD)
        this.#fail('not-aligned')
      return false
    }
    if (packet.kind !== 'fragment') return true
    if (packet.key) {
      const at = presentationOf(packet)
      if (this.#changeOver(at)) return false
      const newest = this.#groups.at(-1)?.at
      if (newest === undefined || newest < at) {
        this.#waitsFor = at
        this.#held = [packet]
        return false
      }
    }
    this.#soundEnd = soundEnd(packet, tracks) ?? this.#soundEnd
    return true
  }

  /** Looks at the deadline. `now`: ms */
  tick(now: number): void {
    if (now > this.#deadline) this.#fail('timeout')
  }

  /** Nobody waits for it any more. */
  cancel(): void {
    this.#over = true
    this.target.unsubscribe(this)
  }

  #changeOver(at: number): boolean {
    const index = this.#groups.findIndex((group) => Math.abs(group.at - at) <= SAME_PICTURE)
    const { init } = this.target
    if (index === -1 || init === undefined || this.#over) return false
    this.cancel()
    const fragments = this.#groups.slice(index).flatMap((group) => group.fragments)
    const before = this.#groups.slice(0, index).flatMap((group) => group.fragments)
    const seamless = withSound(fragments, before, init.tracks, this.#soundEnd)
    this.#events.ready(seamless, fragments.at(-1))
    return true
  }

  #fail(failure: SwitchFailure): void {
    if (this.#over) return
    this.cancel()
    this.#events.failed(failure, this.#held ?? [])
  }
}
