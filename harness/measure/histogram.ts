import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  type Histogram as Hdr,
} from 'hdr-histogram-js'
import { percentileRanks } from './percentile-ranks.ts'

/** Values are kept in µs, to three significant digits, so a figure is right to 0.1 %. */
const US_PER_MS = 1000
const SIGNIFICANT_DIGITS = 3
/** One hour in µs; longer waits are recorded as this. */
const HIGHEST_US = 3_600_000_000

/** Between which values a percentile lies with 95 % confidence, ms; null where there are too few samples. */
export interface Bounds {
  readonly low: number | null
  readonly high: number | null
}

/** What a run record says about one histogram. Times in ms. */
export interface HistogramFigures {
  readonly count: number
  readonly min: number
  readonly mean: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly max: number
  /** Samples below zero by more than the error bound: a clock that cannot be trusted. */
  readonly negative: number
  readonly errorBoundMs: number
  /** HDR histogram of µs, V2 compressed, base64. */
  readonly histogram: string
}

/**
 * Durations in ms with µs resolution. `errorBoundMs` is how far a single sample may be from the
 * truth because two clocks had to be mapped to each other (0 when they are one clock).
 */
export class Histogram {
  #errorBoundMs: number
  #hdr: Hdr
  #negative = 0
  #min = Number.POSITIVE_INFINITY
  #max = 0
  #sum = 0

  constructor(errorBoundMs = 0) {
    if (!(errorBoundMs >= 0)) throw new RangeError(`an error bound of ${errorBoundMs} ms`)
    this.#errorBoundMs = errorBoundMs
    this.#hdr = empty()
  }

  /** @throws RangeError when `ms` is not finite: a bug of the caller. */
  record(ms: number): void {
    if (!Number.isFinite(ms)) throw new RangeError(`a duration of ${ms} ms`)
    if (ms < -this.errorBoundMs) this.#negative++
    const value = Math.max(ms, 0)
    if (value < this.#min) this.#min = value
    if (value > this.#max) this.#max = value
    this.#sum += value
    this.#hdr.recordValue(Math.min(Math.round(value * US_PER_MS), HIGHEST_US))
  }

  /** ms; of merged histograms the larger one */
  get errorBoundMs(): number {
    return this.#errorBoundMs
  }

  get count(): number {
    return this.#hdr.totalCount
  }

  /** ms; 0 when empty */
  get min(): number {
    return this.count === 0 ? 0 : this.#min
  }

  /** ms; 0 when empty */
  get max(): number {
    return this.#max
  }

  /** ms; 0 when empty */
  get mean(): number {
    return this.count === 0 ? 0 : this.#sum / this.count
  }

  get negative(): number {
    return this.#negative
  }

  /** ms at percentile `p` of 0–100; 0 when empty. Never above the largest sample. */
  percentile(p: number): number {
    if (!(p >= 0 && p <= 100)) throw new RangeError(`percentile ${p}`)
    if (this.count === 0) return 0
    const value = this.#hdr.getValueAtPercentile(p) / US_PER_MS
    return Math.max(this.#min, Math.min(value, this.#max))
  }

  /** Order-statistic bounds of a percentile at 95 % confidence. */
  bounds(p: number): Bounds {
    const { low, high } = percentileRanks(this.count, p / 100)
    const at = (rank: number) => this.percentile(Math.min(100, (100 * rank) / this.count))
    return { low: low === null ? null : at(low), high: high === null ? null : at(high) }
  }

  /** Forgets every sample, for measuring from now on. */
  reset(): void {
    this.#hdr.reset()
    this.#negative = 0
    this.#min = Number.POSITIVE_INFINITY
    this.#max = 0
    this.#sum = 0
  }

  /** Adds another's samples. Histograms merge; percentiles do not. */
  merge(other: Histogram): void {
    if (other.count === 0) return
    this.#errorBoundMs = Math.max(this.#errorBoundMs, other.#errorBoundMs)
    this.#hdr.add(other.#hdr)
    this.#negative += other.#negative
    this.#min = Math.min(this.#min, other.#min)
    this.#max = Math.max(this.#max, other.#max)
    this.#sum += other.#sum
  }

  figures(): HistogramFigures {
    return {
      count: this.count,
      min: this.min,
      mean: this.mean,
      p50: this.percentile(50),
      p95: this.percentile(95),
      p99: this.percentile(99),
      max: this.max,
      negative: this.#negative,
      errorBoundMs: this.errorBoundMs,
      histogram: this.encode(),
    }
  }

  encode(): string {
    return encodeIntoCompressedBase64(this.#hdr)
  }

  /** The same samples again, min and max and mean only to the HDR's 0.1 %. */
  static decode(base64: string, errorBoundMs = 0): Histogram {
    const histogram = new Histogram(errorBoundMs)
    // Added to a fresh one because a decoded HDR does not grow any more.
    const decoded = decodeFromCompressedBase64(base64)
    histogram.#hdr.add(decoded)
    if (histogram.count > 0) {
      histogram.#min = decoded.getValueAtPercentile(0) / US_PER_MS
      histogram.#max = decoded.maxValue / US_PER_MS
      histogram.#sum = (decoded.mean * decoded.totalCount) / US_PER_MS
    }
    return histogram
  }
}

function empty(): Hdr {
  return build({
    bitBucketSize: 32,
    autoResize: true,
    lowestDiscernibleValue: 1,
    highestTrackableValue: 1_000_000,
    numberOfSignificantValueDigits: SIGNIFICANT_DIGITS,
  })
}
