import { binomialBounds, burstBounds, burstLengths, ksDistance, ksLimit } from './statistics.ts'

/** What came through a link, seen from outside: datagrams in the order of arrival. */
export interface Seen {
  /** Datagrams that were sent, numbered from 0. */
  readonly sent: number
  /** Times in ms of one clock. */
  readonly packets: readonly {
    readonly round: number
    readonly sentAt: number
    readonly at: number
  }[]
}

/** ms by which a delay may be off, at the 99th percentile. */
const DELAY_BOUND_MS = 1
/** Share by which a rate may be off, and ms over which it is taken. */
const RATE_BOUND = 0.02
const RATE_WINDOW_MS = 5_000

export function delaysOf({ packets }: Seen): number[] {
  return packets.map(({ sentAt, at }) => at - sentAt)
}

/** @param p 0…100 */
export function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil((p / 100) * sorted.length) - 1)] ?? Number.NaN
}

/** What is wrong with the losses of a link that loses each packet with `p`; null when nothing is. */
export function lossBreach(seen: Seen, p: number): string | null {
  return outside('lost', lostOf(seen).filter(Boolean).length, binomialBounds(seen.sent, p))
}

/** The same for bursts that end with `toGood` at each packet. */
export function burstBreach(seen: Seen, toGood: number): string | null {
  const bursts = burstLengths(lostOf(seen))
  const mean = bursts.reduce((sum, length) => sum + length, 0) / bursts.length
  return outside('packets in a burst', mean, burstBounds(bursts.length, toGood))
}

/** The same for a link that delivers a share `p` of what it does not lose twice. */
export function duplicationBreach(seen: Seen, p: number): string | null {
  const distinct = new Set(seen.packets.map(({ round }) => round)).size
  return outside('twice', seen.packets.length - distinct, binomialBounds(distinct, p))
}

/** The same for a delay, measured against a link that does nothing in the same minute. */
export function delayBreach(seen: Seen, unimpaired: Seen, delayMs: number): string | null {
  const delays = delaysOf(seen)
  const added = percentile(delays, 99) - percentile(delaysOf(unimpaired), 99)
  return (
    // Whatever disturbs a measurement makes it longer.
    outside('ms at least', Math.min(...delays), { low: delayMs, high: Infinity }) ??
    outside('ms added at p99', added, { low: delayMs, high: delayMs + DELAY_BOUND_MS })
  )
}

/** The same for jitter with the distribution `cdf`. */
export function jitterBreach(
  seen: Seen,
  unimpaired: Seen,
  cdf: (ms: number) => number,
): string | null {
  const way = percentile(delaysOf(unimpaired), 50)
  const jitter = delaysOf(seen).map((delay) => delay - way)
  const high = ksLimit(jitter.length)
  return outside('distance of distributions', ksDistance(jitter, cdf), { low: 0, high })
}

/** A link that is offered more than its rate. */
export interface Overload {
  readonly rateKbps: number
  readonly queueBytes: number
  /** bytes of one packet, with its headers */
  readonly size: number
  /** ms between two packets, less than one takes */
  readonly everyMs: number
}

/** The same for a rate over 5 s, from a second after the first arrival. */
export function rateBreach({ packets }: Seen, { rateKbps, size }: Overload): string | null {
  const from = packets[0]!.at + 1_000
  const inTime = packets.filter(({ at }) => at > from && at <= from + RATE_WINDOW_MS)
  const seenKbps = (inTime.length * size * 8) / RATE_WINDOW_MS
  const [low, high] = [rateKbps * (1 - RATE_BOUND), rateKbps * (1 + RATE_BOUND)]
  return outside('kbit/s', seenKbps, { low, high })
}

/** The same for the delay of a queue, while it fills and when it is full. */
export function queueBreach(
  { packets }: Seen,
  { rateKbps, queueBytes, size, everyMs }: Overload,
): string | null {
  const serviceMs = (size * 8) / rateKbps
  const places = Math.floor(queueBytes / size)
  // What is sent in the time that it takes to fill is never refused.
  const filling = packets.filter(({ round }) => round < places)
  // One leaves after the other: each tells the same time at which the first began to be sent.
  const starts = filling.map(({ round, at }) => at - round * serviceMs)
  const spread = percentile(starts, 95) - percentile(starts, 5)
  const late = delaysOf({ sent: 0, packets: packets.slice(4 * places) })
  // A place is free when a packet begins to be sent, and the next one takes it.
  const full = (places + 1) * serviceMs
  const bounds = { low: full - everyMs - DELAY_BOUND_MS, high: full + DELAY_BOUND_MS }
  return (
    outside('ms off while it fills', spread, { low: 0, high: DELAY_BOUND_MS }) ??
    outside('ms of a full queue at p5', percentile(late, 5), bounds) ??
    outside('ms of a full queue at p95', percentile(late, 95), bounds)
  )
}

/** Of each packet whether it never came. */
function lostOf({ sent, packets }: Seen): boolean[] {
  const came = new Set(packets.map(({ round }) => round))
  return Array.from({ length: sent }, (_, round) => !came.has(round))
}

function outside(
  what: string,
  value: number,
  bounds: { low: number; high: number },
): string | null {
  const { low, high } = bounds
  if (value >= low && value <= high) return null
  return `${value.toFixed(3)} ${what}, not within ${low.toFixed(3)} and ${high.toFixed(3)}`
}
