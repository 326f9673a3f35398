import { TICKS_PER_SECOND } from '../../live/frame.ts'

/** ms between what two sender reports say; beyond, they are not of one clock. */
const MAX_SKEW_MS = 5_000
/** Share of the time between two frames by which the alignment moves at most. */
const SLEW = 0.2

/**
 * From the RTP timestamps of one track to the 90 kHz timeline of its session. A track starts where
 * it arrives; once sender reports tell how the clocks of two tracks relate, one is moved to the
 * other, slowly, so that no decode time steps back.
 */
export class TrackClock {
  readonly #rate: number
  #last: number | null = null
  #originRtp = 0
  #originTicks = 0
  #shift = 0
  #report: { ntpMs: number; rtp: number } | null = null
  #aligned = 0

  /** @param rate Hz of the RTP timestamps */
  constructor(rate: number) {
    this.#rate = rate
  }

  /** Ticks of a timestamp that arrived `sinceStartMs` after the session's first media. */
  ticks(timestamp: number, sinceStartMs: number): number {
    const rtp = this.#unwrap(timestamp)
    if (this.#last === null) {
      this.#originRtp = rtp
      this.#originTicks = Math.round((sinceStartMs * TICKS_PER_SECOND) / 1000)
      this.#aligned = this.#originTicks
    }
    this.#last = rtp
    return Math.round(this.#plain(rtp) + this.#shift)
  }

  /** A sender report: what RTP time belongs to which wall time (RFC 3550 §6.4.1). */
  report(ntpMs: number, rtpTime: number): void {
    if (this.#last === null) return
    this.#report = { ntpMs, rtp: this.#unwrap(rtpTime) }
  }

  /** Moves this track towards `other`, by as much as the time since the last call allows. */
  alignTo(other: TrackClock): void {
    const mine = this.#report
    if (mine === null || this.#last === null) return
    const target = other.#ticksAt(mine.ntpMs + ((this.#last - mine.rtp) * 1000) / this.#rate)
    const now = this.#plain(this.#last)
    if (target === null || Math.abs(target - now) > MAX_SKEW_MS * 90) return
    const room = Math.max(0, now - this.#aligned) * SLEW
    this.#aligned = now
    this.#shift += Math.max(-room, Math.min(room, target - now - this.#shift))
  }

  /** Ticks of a wall time; null before a sender report. */
  #ticksAt(ntpMs: number): number | null {
    const report = this.#report
    if (report === null) return null
    return this.#plain(report.rtp) + this.#shift + (ntpMs - report.ntpMs) * 90
  }

  #plain(rtp: number): number {
    return this.#originTicks + ((rtp - this.#originRtp) * TICKS_PER_SECOND) / this.#rate
  }

  #unwrap(timestamp: number): number {
    return this.#last === null ? timestamp : this.#last + ((timestamp - this.#last) | 0)
  }
}
