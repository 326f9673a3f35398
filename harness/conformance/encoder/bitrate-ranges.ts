/**
 * The table "Recommended Bitrates" of the nanoStream Cloud documentation, Live Encoding:
 *
 * | up to 576p | ≤ 300–500 kbit/s (medium), ≥ 1000 kbit/s (high)               |
 * | 720p       | 600–1000 kbit/s (low/medium), ≥ 1000–2000 kbit/s (high)       |
 * | 1080p      | ≥ 2–3 Mbit/s                                                  |
 * | 4K         | ≤ 6 Mbit/s                                                    |
 *
 * Where the page sets no bound there is none, but for 4K's lower one: what 1080p needs at least.
 */
export interface BitrateRange {
  readonly name: string
  /** Lines of the largest picture in this row. */
  readonly maxHeight: number
  /** kbit/s; null: the page sets no bound. */
  readonly min: number | null
  readonly max: number | null
}

export const BITRATE_RANGES: readonly BitrateRange[] = [
  { name: 'up to 576p', maxHeight: 576, min: null, max: null },
  { name: '720p', maxHeight: 720, min: 600, max: 2_000 },
  { name: '1080p', maxHeight: 1_088, min: 2_000, max: null },
  { name: '4K', maxHeight: Infinity, min: 2_000, max: 6_000 },
]

/** The row for a picture of `height` lines. */
export function bitrateRange(height: number): BitrateRange {
  return BITRATE_RANGES.find(({ maxHeight }) => height <= maxHeight) ?? BITRATE_RANGES.at(-1)!
}
