/**
 * The table "Recommended Bitrates" of the nanoStream Cloud documentation, Live Encoding:
 *
 * | up to 576p | ≤ 300–500 kbit/s (medium), ≥ 1000 kbit/s (high)               |
 * | 720p       | 600–1000 kbit/s (low/medium), ≥ 1000–2000 kbit/s (high)       |
 * | 1080p      | ≥ 2–3 Mbit/s                                                  |
 * | 4K         | ≤ 6 Mbit/s                                                    |
 *
 * Where the page leaves a row open at one end, the row beside it bounds it: a small picture needs
 * no more than 720p at most, 1080p no more than 4K, and 4K no less than 1080p.
 */
export interface BitrateRange {
  readonly name: string
  /** Lines of the largest picture in this row. */
  readonly maxHeight: number
  /** kbit/s; 0: none */
  readonly min: number
  readonly max: number
  /** Where a bound comes from that the row itself does not set. */
  readonly borrowed: string | null
}

export const BITRATE_RANGES: readonly BitrateRange[] = [
  { name: 'up to 576p', maxHeight: 576, min: 0, max: 2_000, borrowed: 'upper bound of 720p' },
  { name: '720p', maxHeight: 720, min: 600, max: 2_000, borrowed: null },
  { name: '1080p', maxHeight: 1_088, min: 2_000, max: 6_000, borrowed: 'upper bound of 4K' },
  { name: '4K', maxHeight: Infinity, min: 2_000, max: 6_000, borrowed: 'lower bound of 1080p' },
]

/** The row for a picture of `height` lines. */
export function bitrateRange(height: number): BitrateRange {
  return BITRATE_RANGES.find(({ maxHeight }) => height <= maxHeight) ?? BITRATE_RANGES.at(-1)!
}
