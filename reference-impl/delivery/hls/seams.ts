import type { FragmentPacket } from '../../live/packet.ts'
import type { HlsLimits } from './limits.ts'

export type HlsHeaders = Readonly<Record<string, string>>

/** Where HLS faults are installed. */
export interface HlsSeams {
  limits(limits: HlsLimits): HlsLimits
  /** Whether a segment may begin with this fragment; `sinceStart`: fragments in the one before. */
  startsSegment(fragment: FragmentPacket, sinceStart: number): boolean
  /** EXT-X-TARGETDURATION, s */
  targetDuration(seconds: number): number
  /** PART-HOLD-BACK, s; `target`: PART-TARGET, s */
  partHoldBack(seconds: number, target: number): number
  /** Number of the part that a preload hint names. */
  hint(part: number): number
  /** EXT-X-PROGRAM-DATE-TIME, ms since 1970 */
  dateTime(ms: number): number
  /** Whether the playlist says that the stream has ended. */
  ended(ended: boolean): boolean
  /** Whether a playlist that was asked for with a position can be sent. */
  ready(ready: boolean): boolean
  /** Whether the media of segment `msn` can be had. */
  available(msn: number): boolean
  /** Header fields of a good answer. */
  headers(headers: HlsHeaders): HlsHeaders
}

export function defaultHlsSeams(): HlsSeams {
  return {
    limits: (limits) => limits,
    startsSegment: (fragment) => fragment.key,
    targetDuration: (seconds) => seconds,
    partHoldBack: (seconds) => seconds,
    hint: (part) => part,
    dateTime: (ms) => ms,
    ended: (ended) => ended,
    ready: (ready) => ready,
    available: () => true,
    headers: (headers) => headers,
  }
}
