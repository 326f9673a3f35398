import type { ViewerRecord } from '../../viewers/viewer-record.ts'
import type { SentFrame } from './raw-publisher.ts'

/** A probe's frame as a viewer got it. */
export interface SeenFrame {
  readonly number: number
  /** When it is to be presented, 90 kHz ticks of the viewer's timeline. */
  readonly pts: number
  readonly size: number
  readonly key: boolean
  /** The fragment that it came in; null when the recording no longer keeps bytes. */
  readonly fragment: Uint8Array | null
}

/** The frames of one publisher that a viewer received, in order of arrival. */
export function framesOf(record: ViewerRecord, tag: string): SeenFrame[] {
  const seen: SeenFrame[] = []
  for (const event of record.events) {
    if (event.type !== 'fragment') continue
    for (const { samples } of event.tracks) {
      for (const { stamp, dts, compositionOffset, size, key } of samples) {
        if (stamp?.streamTag !== tag) continue
        seen.push({
          number: stamp.frame,
          pts: dts + compositionOffset,
          size,
          key,
          fragment: event.bytes,
        })
      }
    }
  }
  return seen
}

/** Ticks of 90 kHz in 1 ms, the resolution of RTMP's time. */
const TICKS_PER_MS = 90

/**
 * What is wrong with how the frames `sent` arrived; null when nothing is: every frame once, in
 * order, with its own bytes, and as far apart as it was sent (±1 ms).
 */
export function differenceOf(
  sent: readonly SentFrame[],
  seen: readonly SeenFrame[],
): string | null {
  const byNumber = new Map(seen.map((frame) => [frame.number, frame]))
  const first = sent[0]
  const origin = first && byNumber.get(first.number)
  if (!first || !origin) return `frame ${first?.number ?? 0} did not arrive`
  for (const frame of sent) {
    const got = byNumber.get(frame.number)
    if (!got) return `frame ${frame.number} did not arrive`
    if (got.size !== frame.unit.length) {
      return `frame ${frame.number} arrived with ${got.size} bytes instead of ${frame.unit.length}`
    }
    if (got.fragment && Buffer.from(got.fragment).indexOf(frame.unit) < 0) {
      return `frame ${frame.number} arrived with other bytes than were sent`
    }
    const expected = (frame.timestamp - first.timestamp) * TICKS_PER_MS
    if (Math.abs(got.pts - origin.pts - expected) > TICKS_PER_MS) {
      const ms = (ticks: number) => (ticks / TICKS_PER_MS).toFixed(1)
      return (
        `frame ${frame.number} lies ${ms(got.pts - origin.pts)} ms after frame ${first.number} ` +
        `instead of ${ms(expected)} ms`
      )
    }
  }
  if (seen.length !== byNumber.size) return 'a frame arrived twice'
  return null
}
