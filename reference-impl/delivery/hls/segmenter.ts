import { TICKS_PER_SECOND } from '../../live/frame.ts'
import { type FragmentPacket, mediaOf, type Packet } from '../../live/packet.ts'
import { type HlsLimits, MIN_SEGMENT_MS } from './limits.ts'
import { MediaClock } from './media-clock.ts'
import type { HlsSeams } from './seams.ts'
import type { MediaMap, Part, Segment } from './segment.ts'

interface OpenSegment {
  readonly msn: number
  readonly map: MediaMap
  readonly independent: boolean
  readonly discontinuity: boolean
  readonly dateTime: number
  readonly parts: Part[]
}

interface OpenPart {
  ticks: number
  /** Undefined while it holds nothing that moves the timeline on. */
  independent: boolean | undefined
  readonly media: Buffer[]
  bytes: number
}

/**
 * Cuts a stream's packets into parts and segments; pure. A part ends when the next frame would not
 * fit any more, a segment before a key frame. Copies nothing: parts hold the packager's buffers.
 */
export class Segmenter {
  readonly #seams: HlsSeams
  readonly #limits: HlsLimits
  readonly #clock: MediaClock
  #map: MediaMap | undefined
  #maps = 0
  #segment: OpenSegment | undefined
  #part: OpenPart | undefined
  #nextMsn = 0
  #nextPart = 0
  #discontinuity = false
  /** Of the open segment: ticks, bytes and fragments. */
  #ticks = 0
  #bytes = 0
  #fragments = 0

  constructor(seams: HlsSeams, limits: HlsLimits, clock = new MediaClock()) {
    this.#seams = seams
    this.#limits = limits
    this.#clock = clock
  }

  get map(): MediaMap | undefined {
    return this.#map
  }

  /** The segment in the making, with its finished parts. */
  get open(): Segment | undefined {
    return this.#segment
  }

  /** Number of the segment in the making, or of the next. */
  get openMsn(): number {
    return this.#segment?.msn ?? this.#nextMsn
  }

  /** Number of the part in the making. */
  get openPart(): number {
    return this.#nextPart
  }

  /** s of the segment in the making, its unfinished part included */
  get openDuration(): number {
    return this.#ticks / TICKS_PER_SECOND
  }

  /** Whole segments that come out, oldest first. */
  push(packet: Packet): Segment[] {
    switch (packet.kind) {
      case 'init': {
        const finished = this.finish()
        this.#map = { number: this.#maps, tracks: packet.tracks, media: mediaOf(packet) }
        this.#maps += 1
        return finished
      }
      case 'discontinuity': {
        this.#clock.restart()
        // After a jump of the encoder's clock the timeline goes on without a seam.
        return packet.reason === 'timestamp-jump' ? [] : this.#breakOff()
      }
      case 'fragment':
        return this.#fragment(packet)
      case 'metadata':
        return []
    }
  }

  /** Ends part and segment; what comes next must be a key frame. */
  finish(): Segment[] {
    const segment = this.#segment
    if (segment === undefined) return []
    this.#finishPart()
    // Sound without a picture that has just begun: too short to be a part.
    this.#part = undefined
    this.#segment = undefined
    if (segment.parts.length === 0) {
      this.#discontinuity ||= segment.discontinuity
      return []
    }
    this.#nextMsn = segment.msn + 1
    return [segment]
  }

  /** What comes next does not go on from what was before. */
  #breakOff(): Segment[] {
    const finished = this.finish()
    this.#discontinuity ||= this.#nextMsn > 0
    return finished
  }

  /** Forgets what is in the making; numbers go on. */
  interrupt(): void {
    this.finish()
    this.#clock.restart()
    this.#discontinuity ||= this.#nextMsn > 0
  }

  #fragment(fragment: FragmentPacket): Segment[] {
    if (this.#map === undefined) return []
    this.#clock.add(fragment)
    const finished = this.#cut(fragment, this.#map)
    if (this.#segment === undefined) {
      if (!fragment.key) return finished
      this.#begin(fragment, this.#map)
    }
    const longest = this.#limits.partTargetS * TICKS_PER_SECOND
    // A frame that a pause of the encoder made long does not fit into the part that waits for it.
    if ((this.#part?.ticks ?? 0) + fragment.duration > longest) this.#finishPart()
    this.#part ??= { ticks: 0, independent: undefined, media: [], bytes: 0 }
    const part = this.#part
    const media = mediaOf(fragment)
    part.media.push(media)
    part.bytes += media.length
    part.ticks += fragment.duration
    if (fragment.duration > 0) part.independent ??= fragment.key
    this.#ticks += fragment.duration
    this.#bytes += media.length
    this.#fragments += 1
    if (part.ticks > 0 && part.ticks + fragment.duration > longest) this.#finishPart()
    return finished
  }

  #cut(fragment: FragmentPacket, map: MediaMap): Segment[] {
    if (this.#segment === undefined) return []
    const ms = (this.#ticks * 1000) / TICKS_PER_SECOND
    const { maxSegmentMs, maxSegmentBytes } = this.#limits
    const tooLong = ms >= maxSegmentMs || this.#bytes >= maxSegmentBytes
    const due = ms >= MIN_SEGMENT_MS && this.#seams.startsSegment(fragment, this.#fragments)
    if (!due && !tooLong) return []
    // Sound that came just before the key frame goes with it.
    const early = this.#part?.ticks === 0 ? this.#part : undefined
    const finished = this.finish()
    this.#part = early
    this.#begin(fragment, map)
    return finished
  }

  #begin(fragment: FragmentPacket, map: MediaMap): void {
    this.#ticks = 0
    this.#bytes = this.#part?.bytes ?? 0
    this.#fragments = 0
    this.#segment = {
      msn: this.#nextMsn,
      map,
      independent: fragment.key,
      discontinuity: this.#discontinuity,
      dateTime: this.#clock.wallTimeOf(fragment.time),
      parts: [],
    }
    this.#discontinuity = false
  }

  #finishPart(): void {
    const part = this.#part
    if (part === undefined || part.ticks === 0) return
    this.#segment?.parts.push({
      number: this.#nextPart,
      duration: part.ticks / TICKS_PER_SECOND,
      independent: part.independent === true,
      media: part.media,
      bytes: part.bytes,
    })
    this.#nextPart += 1
    this.#part = undefined
  }
}
