import type { LoadStage } from './engine.ts'

/** The plateaus on the way to `viewers`; the ramp is shared among them. Times in s. */
export function stagesOf(options: {
  readonly viewers: number
  readonly steps: number
  readonly ramp: number
  readonly duration: number
}): LoadStage[] {
  const { viewers, steps, ramp, duration } = options
  const counts = Array.from({ length: steps }, (_, i) => Math.ceil((viewers * (i + 1)) / steps))
  return [...new Set(counts)].map((count) => ({
    viewers: count,
    rampMs: (ramp * 1000) / steps,
    holdMs: duration * 1000,
  }))
}
