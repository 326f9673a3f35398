import type { Buffer } from 'node:buffer'
import type { TrackSet } from '../../live/packet.ts'

/** EXT-X-MAP: what the segments after it are decoded with. */
export interface MediaMap {
  readonly number: number
  readonly tracks: TrackSet
  readonly media: Buffer
}

/** A partial segment (RFC 8216bis §4.4.4.9): fragments as the packager made them. */
export interface Part {
  /** Counts the parts of the stream, not those of the segment: so a hint is never wrong. */
  readonly number: number
  /** s */
  readonly duration: number
  /** Begins with a key frame. */
  readonly independent: boolean
  readonly media: readonly Buffer[]
  readonly bytes: number
}

export interface Segment {
  /** Media sequence number. */
  readonly msn: number
  readonly map: MediaMap
  /** Begins with a key frame. */
  readonly independent: boolean
  /** Another encoder session, or other tracks, than the segment before. */
  readonly discontinuity: boolean
  /** ms since 1970 */
  readonly dateTime: number
  readonly parts: readonly Part[]
}

/** s */
export function durationOf(segment: Segment): number {
  return segment.parts.reduce((sum, { duration }) => sum + duration, 0)
}

export function bytesOf(segment: Segment): number {
  return segment.parts.reduce((sum, { bytes }) => sum + bytes, 0)
}
