/** How a viewer watches. */
export type Format = 'H5Live' | 'progressive' | 'LL-HLS' | 'HLS' | 'browser'

/** ms from asking until the first picture can be shown, 95 of 100 viewers, on a clean link. */
export const STARTUP_MS: Readonly<Partial<Record<Format, number>>> = {
  H5Live: 1_000,
  progressive: 1_000,
  'LL-HLS': 2_000,
}
/** ms glass to glass, 95 of 100 pictures, on a clean link. */
export const LATENCY_MS: Readonly<Record<Format, number>> = {
  H5Live: 1_000,
  progressive: 1_000,
  browser: 1_000,
  'LL-HLS': 3_000,
  HLS: 10_000,
}
/** Share of the time watched that playback may stand still, on a clean link. */
export const STALLED_SHARE = 0.01
/** ms by which sound may be late, and early (ITU-R BT.1359-1, limits of detectability). */
export const SOUND_LATE_MS = 125
export const SOUND_EARLY_MS = 45
/** Round trips before the first media: TCP, TLS, and the request. */
const STARTUP_ROUND_TRIPS = 3
/** ms of a pause of the encoder's network, longer than any buffer of a live player. */
export const PAUSE_MS = 2_500
/** ms after the pause within which latency must be back: 3 s taken off at a tenth, and a reserve. */
export const CATCH_UP_MS = 12_000
/** ms beyond the buffer's own limit that count as back: delivery, and a frame. */
export const CATCH_UP_RESERVE_MS = 500
/** Viewers that ask one after the other, spread over a group of pictures. */
export const JOINS = 20
export const JOIN_GAP_MS = 110

/** kbit/s of the link of `playback.abr`, around streams of 1,000 and 250, and ms of each. */
export const ABR_LINK = {
  wide: 4_000,
  wideMs: 2_000,
  tight: 950,
  tightMs: 4_000,
  narrow: 500,
  narrowMs: 2_000,
}
/** ms after the link is wide again within which the higher bitrate comes. */
export const UP_BUDGET_MS = 15_000

/** What is broken by far: ms beyond a budget, and share of the time watched. */
export const LENIENT = { lateMs: 1_000, stalledShare: 0.05 }

/** Budgets hold on a clean link; a link's delay (ms one way) comes on top. */
export function startupBudget(format: Format, delayMs = 0): number | undefined {
  const budget = STARTUP_MS[format]
  return budget === undefined ? undefined : budget + STARTUP_ROUND_TRIPS * 2 * delayMs
}

export function latencyBudget(format: Format, delayMs = 0): number {
  return LATENCY_MS[format] + delayMs
}
