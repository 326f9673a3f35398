export interface TimedAudio {
  /** In samples (the track's timescale). */
  readonly decodeTime: number
  /** In samples, at least 1. */
  readonly duration: number
}

/** RTMP stamps are whole milliseconds: differences below this are rounding, not drift. */
const TOLERANCE_S = 0.002
/** Beyond this the difference is a gap in the input, taken up in one step. */
const GAP_S = 0.1
/** A duration is bent by at most this share. */
const SLEW = 0.01

/**
 * Places audio frames end to end: each lasts its nominal number of samples, bent by at most 1 %
 * towards the input's clock. See `docs/decisions/fragment-timeline.md`. Times in samples.
 */
export class AudioTimeline {
  readonly #rate: number
  #next: number | undefined

  /** @param sampleRate Hz @param start decode time of the first frame; the input's when left out */
  constructor(sampleRate: number, start?: number) {
    this.#rate = sampleRate
    this.#next = start
  }

  /** Decode time of the frame to come; undefined before the first. */
  get next(): number | undefined {
    return this.#next
  }

  /** `time`: when the input says that the frame starts. `nominal`: how many samples it holds. */
  place(time: number, nominal: number): TimedAudio {
    this.#next ??= Math.max(0, Math.round(time))
    const decodeTime = this.#next
    const duration = Math.max(
      1,
      Math.min(0xffffffff, nominal + this.#bend(time - decodeTime, nominal)),
    )
    this.#next = decodeTime + duration
    return { decodeTime, duration }
  }

  #bend(late: number, nominal: number): number {
    const size = Math.abs(late)
    if (size <= TOLERANCE_S * this.#rate) return 0
    if (late > GAP_S * this.#rate) return Math.round(late)
    // Too early by far: frames shrink to half until the input has caught up.
    if (late < -GAP_S * this.#rate) return -Math.floor(nominal / 2)
    const most = Math.max(1, Math.floor(nominal * SLEW))
    return Math.sign(late) * Math.min(most, Math.ceil(size - TOLERANCE_S * this.#rate))
  }
}
