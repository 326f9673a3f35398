import { nowMs } from '../clock.ts'

/**
 * ms by which wall time is ahead of this machine's monotonic clock. Times go from origin to edge as
 * wall time, because only that is shared by machines; both must be set by NTP.
 */
export function wallOffset(): number {
  return performance.timeOrigin + performance.now() - nowMs()
}
