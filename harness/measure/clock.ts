/**
 * The machine's monotonic clock in milliseconds, with microsecond resolution.
 * Unlike `performance.now()` it is shared by all processes of one host.
 */
export function nowMs(): number {
  return Number(process.hrtime.bigint() / 1000n) / 1000
}
