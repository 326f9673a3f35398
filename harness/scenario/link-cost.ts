import type { Jitter, Step } from '../network/link-spec.ts'
import type { LoadedLink } from '../network/load-link.ts'
import { meanLoss } from './link-words.ts'

/** Bytes of the largest frame of our clips, which waits for the rate as a whole. */
const KEY_FRAME_BYTES = 20_000
/** Packets of which the latest decides when a frame is complete. */
const PACKETS_OF_A_FRAME = 8
/** Budgets are for 95 of 100 frames. */
const SHARE = 0.95
/** ms that SRT holds every packet back (the latency of our profiles), so that losses can be repaired. */
const SRT_LATENCY_MS = 200
/** ms from a loss to its NACK over WebRTC, beside the round trip. */
const NACK_MS = 40

/** What carries media over the link, and so how it repairs losses. */
export type Carrier = 'tcp' | 'srt' | 'whip'

export interface LinkCost {
  /** One way. */
  readonly delayMs: number
  /** Of the latest of a frame's packets. */
  readonly jitterMs: number
  /** Until the link has taken up a whole key frame. */
  readonly keyFrameMs: number
  /** Until what was lost has come after all; what follows waits for it. */
  readonly repairMs: number
}

/**
 * What a link adds to 95 of 100 frames at most, by its own description: the worst that it is in its
 * first `withinMs`. Budgets are the sum, and what encoder, target and viewer take themselves.
 */
export function linkCost(
  { spec, traces }: LoadedLink,
  way: 'up' | 'down',
  carrier: Carrier,
  withinMs = 13_000,
): LinkCost {
  const direction = spec[way]
  const trace = traces[way]
  const steps: readonly Step[] = trace?.format === 'csv' ? trace.steps : direction.schedule
  const states = [direction, ...steps.filter(({ atMs }) => atMs < withinMs).map(({ set }) => set)]
  const delayMs = Math.max(...states.map((state) => state.delayMs ?? 0))
  const rates = states.flatMap(({ rateKbps }) => (rateKbps ? [rateKbps] : []))
  const keyFrameMs = rates.length > 0 ? (KEY_FRAME_BYTES * 8) / Math.min(...rates) : 0
  const lossy = states.some(({ loss }) => loss !== undefined && meanLoss(loss) > 0)
  const back = spec[way === 'up' ? 'down' : 'up'].delayMs || delayMs
  const repairs: Record<Carrier, number> = {
    // A round trip for what three later segments point at, two where only a probe can tell.
    tcp: lossy ? 2 * (delayMs + back) : 0,
    srt: SRT_LATENCY_MS,
    whip: lossy ? delayMs + back + NACK_MS : 0,
  }
  return { delayMs, jitterMs: jitterOf(direction.jitter), keyFrameMs, repairMs: repairs[carrier] }
}

/** ms, all of it. */
export function totalMs({ delayMs, jitterMs, keyFrameMs, repairMs }: LinkCost): number {
  return Math.round(delayMs + jitterMs + keyFrameMs + repairMs)
}

/** What the latest of a frame's packets is delayed by, in 95 of 100 frames. */
function jitterOf(jitter: Jitter | null): number {
  if (!jitter) return 0
  const p = SHARE ** (1 / PACKETS_OF_A_FRAME)
  switch (jitter.kind) {
    case 'uniform':
      return jitter.ms * p
    case 'normal':
      // |N| stays below 2.8 sigma in 99.4 of 100 packets.
      return 2.8 * jitter.sigmaMs
    case 'pareto':
      return Math.min(jitter.maxMs, jitter.scaleMs * ((1 - p) ** (-1 / jitter.shape) - 1))
  }
}
