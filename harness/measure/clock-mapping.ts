import { nowMs } from './clock.ts'

/** How another clock's times become ours: `ours = theirs + offsetMs`, within ± `errorBoundMs`. */
export interface ClockMapping {
  readonly offsetMs: number
  readonly errorBoundMs: number
}

/** ms to which `nowMs` is rounded down. */
const OUR_RESOLUTION_MS = 0.001
/** Rounds that are enough to find one that nothing delayed. */
const ROUNDS = 25

/**
 * Maps a clock that can only be asked, such as a page's. Its answer lies somewhere between our time
 * before and after, so half the fastest round trip bounds the error, whatever the path is like.
 * @param read asks the other clock, ms
 * @param resolutionMs what the other clock's readings are rounded to
 */
export async function mapClock(
  read: () => Promise<number>,
  resolutionMs: number,
  rounds = ROUNDS,
): Promise<ClockMapping> {
  let best: ClockMapping | null = null
  for (let round = 0; round < rounds; round++) {
    const before = nowMs()
    const theirs = await read()
    const after = nowMs()
    const errorBoundMs = (after - before) / 2 + resolutionMs + OUR_RESOLUTION_MS
    if (!best || errorBoundMs < best.errorBoundMs) {
      best = { offsetMs: (before + after) / 2 - theirs, errorBoundMs }
    }
  }
  if (!best) throw new RangeError('no rounds')
  return best
}
