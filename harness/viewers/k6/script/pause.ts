/** As k6's `sleep`, which would hold up the timers of its viewer. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)))
}
