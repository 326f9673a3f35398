import { nowMs } from './clock.ts'

/** Rounds in which nothing may have interrupted us. */
const ROUNDS = 7

/**
 * The wall clock minus the monotonic clock, ms, right to about 10 µs although `Date.now()` counts
 * whole ms: each round waits for the next ms to begin. An interruption makes a round's answer too
 * small, so the largest one counts.
 */
export function wallClockOffset(): number {
  let offset = Number.NEGATIVE_INFINITY
  for (let round = 0; round < ROUNDS; round++) {
    const before = Date.now()
    let wall = before
    while (wall === before) wall = Date.now()
    offset = Math.max(offset, wall - nowMs())
  }
  return offset
}
