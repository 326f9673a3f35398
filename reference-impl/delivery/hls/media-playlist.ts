import { fileName } from './names.ts'
import type { HlsSeams } from './seams.ts'
import { durationOf, type Part, type Segment } from './segment.ts'
import type { HlsWindow } from './window.ts'

/** EXT-X-SKIP needs 9 (RFC 8216bis §8). */
const VERSION = 9
/** Parts are listed for so many target durations from the end (§4.4.4.9)… */
const PART_TARGETS = 3
/** …and no more segments than that: some readers count those. */
const PART_SEGMENTS = 3
/** CAN-SKIP-UNTIL, in target durations; no less is allowed (§4.4.3.8). */
const SKIP_TARGETS = 6
const HOLD_BACK_TARGETS = 3
const PART_HOLD_BACK_TARGETS = 3

export interface MediaPlaylistOptions {
  readonly epoch: string
  /** Leave out what the player has, as far as that goes. */
  readonly skip: boolean
  readonly seams: HlsSeams
  /** Where the other bitrates of the group are. */
  readonly reports?: readonly RenditionReport[]
}

/** EXT-X-RENDITION-REPORT (RFC 8216bis §4.4.5.4) */
export interface RenditionReport {
  readonly uri: string
  readonly lastMsn: number
  readonly lastPart: number
}

/** The media playlist of what the window holds (RFC 8216bis §4.4). */
export function writeMediaPlaylist(window: HlsWindow, options: MediaPlaylistOptions): string {
  const { seams } = options
  const { segments, open, targetDuration, partTarget } = window
  const shown = open === undefined || open.parts.length === 0 ? segments : [...segments, open]
  // Behind a whole segment the hint alone stands for the one to come.
  const places = window.ended || shown !== segments ? shown.length : shown.length + 1
  const fromEnd = distancesFromEnd(shown)
  const skipped = options.skip
    ? segments.filter((_, index) => fromEnd[index]! > SKIP_TARGETS * targetDuration).length
    : 0
  const lines = [
    '#EXTM3U',
    `#EXT-X-VERSION:${VERSION}`,
    `#EXT-X-TARGETDURATION:${seams.targetDuration(targetDuration)}`,
    `#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=${SKIP_TARGETS * targetDuration}.0,HOLD-BACK=${HOLD_BACK_TARGETS * targetDuration}.0,PART-HOLD-BACK=${seconds(seams.partHoldBack(PART_HOLD_BACK_TARGETS * partTarget, partTarget))}`,
    `#EXT-X-PART-INF:PART-TARGET=${seconds(partTarget)}`,
    `#EXT-X-MEDIA-SEQUENCE:${segments[0]?.msn ?? window.openMsn}`,
    `#EXT-X-DISCONTINUITY-SEQUENCE:${window.discontinuitySequence}`,
  ]
  if (shown.every(({ independent }) => independent)) lines.push('#EXT-X-INDEPENDENT-SEGMENTS')
  if (skipped > 0) lines.push(`#EXT-X-SKIP:SKIPPED-SEGMENTS=${skipped}`)
  let map = -1
  for (const [index, segment] of shown.entries()) {
    if (index >= skipped) {
      // A delta update stands behind what the player has, maps included, unless they change.
      const known = index === skipped && index > 0 ? shown[index - 1]!.map.number : map
      const near = fromEnd[index + 1]! <= PART_TARGETS * targetDuration
      const withParts = near && index >= places - PART_SEGMENTS
      lines.push(...segmentLines(segment, { ...options, knownMap: known, withParts }))
      if (segment !== open) {
        lines.push(`#EXTINF:${seconds(durationOf(segment))},`)
        lines.push(fileName('segment', options.epoch, segment.msn))
      }
    }
    map = segment.map.number
  }
  if (seams.ended(window.ended)) lines.push('#EXT-X-ENDLIST')
  else if (!window.ended) {
    const hint = fileName('part', options.epoch, seams.hint(window.nextPart))
    lines.push(`#EXT-X-PRELOAD-HINT:TYPE=PART,URI="${hint}"`)
    for (const { uri, lastMsn, lastPart } of options.reports ?? [])
      lines.push(`#EXT-X-RENDITION-REPORT:URI="${uri}",LAST-MSN=${lastMsn},LAST-PART=${lastPart}`)
  }
  return `${lines.join('\n')}\n`
}

interface SegmentOptions extends MediaPlaylistOptions {
  readonly knownMap: number
  readonly withParts: boolean
}

function segmentLines(segment: Segment, options: SegmentOptions): string[] {
  const { epoch, seams } = options
  const lines: string[] = []
  if (segment.discontinuity) lines.push('#EXT-X-DISCONTINUITY')
  if (segment.map.number !== options.knownMap) {
    lines.push(`#EXT-X-MAP:URI="${fileName('map', epoch, segment.map.number)}"`)
  }
  const date = new Date(seams.dateTime(segment.dateTime))
  lines.push(`#EXT-X-PROGRAM-DATE-TIME:${date.toISOString()}`)
  if (options.withParts) lines.push(...segment.parts.map((part) => partLine(part, epoch)))
  return lines
}

function partLine(part: Part, epoch: string): string {
  const independent = part.independent ? ',INDEPENDENT=YES' : ''
  return `#EXT-X-PART:DURATION=${seconds(part.duration)},URI="${fileName('part', epoch, part.number)}"${independent}`
}

/** For each segment, s from its beginning to the end of the playlist; 0 behind the last. */
function distancesFromEnd(segments: readonly Segment[]): number[] {
  const distances = [0]
  for (const segment of segments.toReversed())
    distances.push(distances.at(-1)! + durationOf(segment))
  return distances.toReversed()
}

/** Whole milliseconds would let the sum of a playlist drift. */
function seconds(value: number): string {
  return String(Number(value.toFixed(6)))
}
