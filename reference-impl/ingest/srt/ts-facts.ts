import type { TsFault } from '../../wire/mpeg-ts-demuxer.ts'
import type { IngestRecorder } from '../recorder.ts'
import { MAX_FAULTS_OF_A_KIND } from './limits.ts'

/** How often something came, and its longest pause. */
export interface Gaps {
  count: number
  maxGapMs: number
  /** ms since the session opened, when the longest pause ended */
  maxGapAt: number
}

const PCR_TICKS_PER_MS = 27_000

/** Writes down what a transport stream is like, in the sender's time. */
export class TsFacts {
  readonly #recorder: IngestRecorder
  readonly #last = new Map<Gaps, number>()
  readonly #faults: Record<TsFault, number> = {
    ...{ sync: 0, continuity: 0, section: 0, pes: 0, packet: 0, scrambled: 0, oversized: 0 },
  }
  readonly #pat: Gaps = { count: 0, maxGapMs: 0, maxGapAt: 0 }
  readonly #pmt: Gaps = { count: 0, maxGapMs: 0, maxGapAt: 0 }
  readonly #pcr: Gaps = { count: 0, maxGapMs: 0, maxGapAt: 0 }
  readonly #pts: Gaps = { count: 0, maxGapMs: 0, maxGapAt: 0 }
  readonly #stats: { bytes: number; spanMs: number } & Record<string, unknown>
  readonly #begun: number
  /** 27 MHz ticks */
  #lastPcr: number | null = null

  constructor(recorder: IngestRecorder, now: number) {
    this.#recorder = recorder
    this.#begun = now
    this.#stats = recorder.running(now, 'ts-stats', {
      bytes: 0,
      spanMs: 0,
      faults: this.#faults,
      ...{ pat: this.#pat, pmt: this.#pmt, pcr: this.#pcr, pts: this.#pts },
    })
  }

  bytes(count: number, at: number): void {
    this.#stats.bytes += count
    this.#stats.spanMs = Math.round(at - this.#begun)
  }

  table(which: 'pat' | 'pmt', at: number): void {
    this.#came(which === 'pat' ? this.#pat : this.#pmt, at, at)
  }

  /** The pause between two PCRs is what they say themselves. */
  pcr(pcr: number, discontinuity: boolean, at: number): void {
    if (this.#lastPcr === null || discontinuity || pcr < this.#lastPcr) this.#last.delete(this.#pcr)
    this.#lastPcr = pcr
    this.#came(this.#pcr, pcr / PCR_TICKS_PER_MS, at)
  }

  /** `ms`: a presentation time of the video. */
  pts(ms: number, at: number): void {
    const last = this.#last.get(this.#pts)
    if (last !== undefined && ms < last) {
      this.#pts.count += 1
      return
    }
    this.#came(this.#pts, ms, at)
  }

  fault(fault: TsFault, pid: number, detail: string, now: number): void {
    this.#faults[fault] += 1
    if (this.#faults[fault] > MAX_FAULTS_OF_A_KIND) return
    this.#recorder.event(now, 'ts-fault', { fault, pid, detail })
  }

  #came(gaps: Gaps, time: number, at: number): void {
    gaps.count += 1
    const last = this.#last.get(gaps)
    this.#last.set(gaps, time)
    if (last === undefined || time - last <= gaps.maxGapMs) return
    gaps.maxGapMs = Math.round((time - last) * 10) / 10
    gaps.maxGapAt = this.#recorder.since(at)
  }
}
