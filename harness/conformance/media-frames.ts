import type { IngestRecord } from './ingest-record.ts'

const TICKS_PER_MS = 90
/** ms; a larger step between two timestamps is a jump (encoder.timestamps-gap), not media time. */
export const JUMP_MS = 1_000

/** One frame of one track, times in ms. */
export interface MediaFrame {
  /** Number in its track, from 0. */
  readonly frame: number
  readonly dts: number
  /** Presentation time. */
  readonly pts: number
  /** Decode time with all jumps taken out, so that other rules judge what lies between them. */
  readonly media: number
  readonly key: boolean
  readonly idr: boolean
  /** bytes */
  readonly size: number
  /** Arrival since the session opened; frames that were read together share it. */
  readonly at: number
  /** Place among the frames of all tracks, in order of arrival. */
  readonly order: number
}

export type TrackKind = 'video' | 'audio'

/** The frames of one track in order of arrival. */
export function framesOf(record: IngestRecord, kind: TrackKind): MediaFrame[] {
  const { track, dts, cts, key, idr, size, at } = record.frames
  const wanted = kind === 'video' ? 0 : 1
  const frames: MediaFrame[] = []
  let jumped = 0
  let last: number | null = null
  for (let i = 0; i < track.length; i++) {
    if (track[i] !== wanted) continue
    const time = (dts[i] ?? 0) / TICKS_PER_MS
    if (last !== null && Math.abs(time - last) > JUMP_MS) jumped += time - last
    last = time
    frames.push({
      frame: frames.length,
      dts: time,
      pts: time + (cts[i] ?? 0) / TICKS_PER_MS,
      media: time - jumped,
      key: key[i] === 1,
      idr: idr[i] === 1,
      size: size[i] ?? 0,
      at: at[i] ?? 0,
      order: i,
    })
  }
  return frames
}

/** ms of media from the first to the last frame. */
export function spanOf(frames: readonly MediaFrame[]): number {
  return (frames.at(-1)?.media ?? 0) - (frames[0]?.media ?? 0)
}

/** Middle of the steps between decode times, ms; 0 when there are none. */
export function frameDuration(frames: readonly MediaFrame[]): number {
  const steps = frames.slice(1).map(({ media }, i) => media - (frames[i]?.media ?? 0))
  return median(steps)
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  if (sorted.length === 0) return 0
  if (sorted.length % 2 === 1) return sorted[middle] ?? 0
  return ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}

/**
 * Frames in consecutive windows of `ms` of media; what is left at the end is judged in a window
 * that reaches back from the last frame. None when there is less media than that.
 */
export function windowsOf(frames: readonly MediaFrame[], ms: number): MediaFrame[][] {
  const first = frames[0]
  const last = frames.at(-1)
  if (!first || !last) return []
  const end = last.media + frameDuration(frames)
  const count = Math.floor((end - first.media) / ms + 1e-6)
  if (count === 0) return []
  const starts = Array.from({ length: count }, (_, i) => first.media + i * ms)
  if (end - (first.media + count * ms) > ms / 10) starts.push(end - ms)
  return starts.map((start) =>
    frames.filter(({ media }) => media >= start - 0.5 && media < start + ms - 0.5),
  )
}

/** Mean bitrate of a window of `ms`, kbit/s. */
export function kbpsOf(frames: readonly MediaFrame[], ms: number): number {
  return (frames.reduce((sum, { size }) => sum + size, 0) * 8) / ms
}
