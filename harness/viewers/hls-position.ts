import type { MediaPlaylist, PlaylistSegment } from './hls-playlist.ts'

export interface NextFile {
  readonly uri: string
  readonly map: string | null
}

/**
 * Where a viewer stands in a playlist, and what it wants next. It starts as far from the end as
 * the playlist asks for, at a key frame.
 */
export class HlsPosition {
  readonly #parts: boolean
  #msn: number
  /** Parts of segment `#msn` that it has. */
  #part: number

  constructor(playlist: MediaPlaylist, parts: boolean) {
    this.#parts = parts
    const { msn, part } = parts ? startAtPart(playlist) : startAtSegment(playlist)
    this.#msn = msn
    this.#part = part
  }

  /** What the playlist holds beyond the position, in order; the position moves behind it. */
  next(playlist: MediaPlaylist): NextFile[] {
    const files: NextFile[] = []
    const { segments, open } = playlist
    for (const segment of open === null ? segments : [...segments, open]) {
      if (segment.msn < this.#msn) continue
      // Segments that fell out of the playlist before they could be had.
      if (segment.msn > this.#msn) this.#part = 0
      this.#msn = segment.msn
      files.push(...this.#filesOf(segment))
    }
    return files
  }

  /** Query of a blocking reload: the part that comes next. */
  directives(playlist: MediaPlaylist): string {
    const skip = playlist.canSkipUntil === null ? '' : '&_HLS_skip=YES'
    return `_HLS_msn=${this.#msn}&_HLS_part=${this.#part}${skip}`
  }

  #filesOf(segment: PlaylistSegment): NextFile[] {
    const { uri, map, parts } = segment
    const byParts = this.#parts && parts.length > 0
    const files = byParts
      ? parts.slice(this.#part).map((part) => ({ uri: part.uri, map }))
      : uri === null || this.#part > 0
        ? []
        : [{ uri, map }]
    if (byParts) this.#part = parts.length
    if (uri !== null) {
      this.#msn = segment.msn + 1
      this.#part = 0
    }
    return files
  }
}

/** RFC 8216bis §6.3.3: no nearer to the end than PART-HOLD-BACK. */
function startAtPart(playlist: MediaPlaylist): { msn: number; part: number } {
  const { segments, open, partHoldBack } = playlist
  let behind = 0
  for (const segment of [...(open === null ? [] : [open]), ...segments.toReversed()]) {
    for (const [index, part] of [...segment.parts.entries()].toReversed()) {
      behind += part.duration
      if (part.independent && behind >= (partHoldBack ?? 0))
        return { msn: segment.msn, part: index }
    }
    if (segment.parts.length === 0) return { msn: segment.msn, part: 0 }
  }
  return { msn: segments[0]?.msn ?? open?.msn ?? playlist.mediaSequence, part: 0 }
}

function startAtSegment(playlist: MediaPlaylist): { msn: number; part: number } {
  const { segments, holdBack, targetDuration } = playlist
  let behind = 0
  for (const segment of segments.toReversed()) {
    behind += segment.duration ?? 0
    if (behind >= (holdBack ?? 3 * targetDuration)) return { msn: segment.msn, part: 0 }
  }
  return { msn: segments[0]?.msn ?? playlist.mediaSequence, part: 0 }
}
