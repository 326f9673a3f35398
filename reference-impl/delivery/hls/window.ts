import type { Packet } from '../../live/packet.ts'
import {
  type HlsLimits,
  LISTED_TARGETS,
  MIN_LISTED_SEGMENTS,
  MIN_TARGET_DURATION_S,
} from './limits.ts'
import type { MediaClock } from './media-clock.ts'
import type { HlsSeams } from './seams.ts'
import { bytesOf, durationOf, type MediaMap, type Part, type Segment } from './segment.ts'
import { Segmenter } from './segmenter.ts'

/** Per second: part targets are whole multiples of 10 ms. */
const PART_TARGET_STEPS = 100
/** s by which the durations of segments may be off their sum. */
const ROUNDING_S = 0.1

/**
 * What one stream's playlist lists, and what it listed a moment ago: the media of the last few
 * target durations, bounded in bytes. Pure.
 */
export class HlsWindow {
  readonly #limits: HlsLimits
  readonly #segmenter: Segmenter
  #listed: Segment[] = []
  /** No longer listed, but a player may still ask for it (RFC 8216 §6.2.2). */
  #retired: Segment[] = []
  #targetDuration = MIN_TARGET_DURATION_S
  #longestPart = 0
  #discontinuitySequence = 0
  #version = 0
  #ended = false

  constructor(seams: HlsSeams, limits: HlsLimits, clock?: MediaClock) {
    this.#limits = limits
    this.#segmenter = new Segmenter(seams, limits, clock)
  }

  /** Whole segments, oldest first. */
  get segments(): readonly Segment[] {
    return this.#listed
  }

  /** The segment in the making, with its finished parts. */
  get open(): Segment | undefined {
    return this.#segmenter.open
  }

  get openMsn(): number {
    return this.#segmenter.openMsn
  }

  /** Number of the part that comes next. */
  get nextPart(): number {
    return this.#segmenter.openPart
  }

  /** s; grows with the longest segment, see `docs/decisions/hls-target-duration.md` */
  get targetDuration(): number {
    return this.#targetDuration
  }

  /**
   * s: the longest part so far, for parts must last 85 % of it (RFC 8216bis §4.4.4.9) whatever the
   * frame rate. Rounded up so far that the rounding of time stamps does not move it.
   */
  get partTarget(): number {
    const longest = this.#longestPart === 0 ? this.#limits.partTargetS : this.#longestPart
    return Math.ceil(longest * PART_TARGET_STEPS) / PART_TARGET_STEPS
  }

  /** Discontinuities that are no longer listed. */
  get discontinuitySequence(): number {
    return this.#discontinuitySequence
  }

  /** Changes with everything that a playlist shows. */
  get version(): number {
    return this.#version
  }

  /** Number of the newest segment with a part, and the place of its last part; null before. */
  get last(): { readonly msn: number; readonly part: number } | null {
    const open = this.open
    const segment = open !== undefined && open.parts.length > 0 ? open : this.#listed.at(-1)
    return segment === undefined ? null : { msn: segment.msn, part: segment.parts.length - 1 }
  }

  get ended(): boolean {
    return this.#ended
  }

  get map(): MediaMap | undefined {
    return this.#segmenter.map
  }

  /** Bytes kept. */
  get bytes(): number {
    const all = [...this.#retired, ...this.#listed]
    return all.reduce((sum, segment) => sum + bytesOf(segment), 0)
  }

  /** `keyIntervalMs`: how far apart the key frames are known to be. */
  expect(keyIntervalMs: number | undefined): void {
    const longest = Math.min(keyIntervalMs ?? 0, this.#limits.maxSegmentMs)
    this.#targetDuration = Math.max(this.#targetDuration, Math.round(longest / 1000))
  }

  push(packet: Packet): void {
    const before = this.nextPart
    const finished = this.#segmenter.push(packet)
    if (packet.kind === 'fragment') this.#stretch()
    if (finished.length > 0 || this.nextPart !== before) this.#version += 1
    for (const segment of finished) this.#list(segment)
    if (this.open !== undefined) this.#measure(this.open)
  }

  /** The stream is over. */
  end(): void {
    for (const segment of this.#segmenter.finish()) this.#list(segment)
    this.#ended = true
    this.#version += 1
  }

  /** The stream is fed again, by another session. */
  resume(): void {
    this.#segmenter.interrupt()
    this.#ended = false
    this.#version += 1
  }

  /** Lets go of all media; numbers go on. */
  clear(): void {
    this.#segmenter.interrupt()
    for (const segment of this.#listed) this.#countOut(segment)
    this.#listed = []
    this.#retired = []
    this.#version += 1
  }

  segment(msn: number): Segment | undefined {
    return this.#all().find((segment) => segment.msn === msn)
  }

  /** A finished part, and the number of the segment that it belongs to. */
  part(number: number): { readonly part: Part; readonly msn: number } | undefined {
    for (const { msn, parts } of this.#all(true)) {
      const part = parts[number - (parts[0]?.number ?? 0)]
      if (part?.number === number) return { part, msn }
    }
    return undefined
  }

  mapOf(number: number): MediaMap | undefined {
    if (this.map?.number === number) return this.map
    return this.#all(true).find(({ map }) => map.number === number)?.map
  }

  #all(withOpen = false): Segment[] {
    const open = withOpen && this.open !== undefined ? [this.open] : []
    return [...open, ...this.#listed.toReversed(), ...this.#retired.toReversed()]
  }

  /** A segment that outgrows the target duration: a playlist must not lie about that. */
  #stretch(): void {
    const seconds = Math.round(this.#segmenter.openDuration)
    this.#targetDuration = Math.max(this.#targetDuration, seconds)
  }

  /** The parts before its last one have been measured already. */
  #measure({ parts }: Segment): void {
    this.#longestPart = Math.max(this.#longestPart, parts.at(-1)?.duration ?? 0)
  }

  #list(segment: Segment): void {
    this.#measure(segment)
    this.#listed.push(segment)
    this.#trim()
  }

  #trim(): void {
    const { maxWindowBytes } = this.#limits
    const enough = LISTED_TARGETS * this.#targetDuration - ROUNDING_S
    while (this.#listed.length > MIN_LISTED_SEGMENTS) {
      const first = this.#listed[0]!
      if (
        lengthOf(this.#listed) - durationOf(first) < enough &&
        this.#listedBytes() <= maxWindowBytes
      )
        break
      this.#listed.shift()
      this.#countOut(first)
      this.#retired.push(first)
    }
    while (
      this.#retired.length > 0 &&
      (lengthOf(this.#retired) > enough || this.bytes > maxWindowBytes)
    )
      this.#retired.shift()
  }

  #listedBytes(): number {
    return this.#listed.reduce((sum, segment) => sum + bytesOf(segment), 0)
  }

  #countOut(segment: Segment): void {
    if (segment.discontinuity) this.#discontinuitySequence += 1
  }
}

function lengthOf(segments: readonly Segment[]): number {
  return segments.reduce((sum, segment) => sum + durationOf(segment), 0)
}
