import { TICKS_PER_SECOND } from './frame.ts'

export interface TimedVideo {
  /** 90 kHz ticks */
  readonly decodeTime: number
  /** 90 kHz ticks, at least 1 */
  readonly duration: number
  /** 90 kHz ticks, signed */
  readonly compositionOffset: number
}

/** A frame rate that few exceed: too short a guess only delays decode times, never presentation. */
const FIRST_INTERVAL = TICKS_PER_SECOND / 60
const INTERVALS_REMEMBERED = 8
const MAX_UINT32 = 0xffffffff

/**
 * Gives each video frame a decode time and a duration at the moment of its arrival, before the next
 * frame is known: see `docs/decisions/fragment-timeline.md`. Decode times never have gaps,
 * presentation times are exact. All times in 90 kHz ticks.
 */
export class VideoTimeline {
  #next: number
  #lastDts: number | undefined
  #intervals: number[] = []

  constructor(start = 0) {
    this.#next = start
  }

  /** Decode time of the frame to come. */
  get next(): number {
    return this.#next
  }

  /** `dts` and `pts` already mapped onto the viewer's timeline. */
  place(dts: number, pts: number): TimedVideo {
    this.#remember(dts)
    const decodeTime = this.#next
    const wanted = dts + this.#interval() - decodeTime
    const duration = Math.min(MAX_UINT32, Math.max(1, wanted))
    this.#next = decodeTime + duration
    return { decodeTime, duration, compositionOffset: pts - decodeTime }
  }

  #remember(dts: number): void {
    if (this.#lastDts !== undefined && dts > this.#lastDts) {
      this.#intervals.push(dts - this.#lastDts)
      if (this.#intervals.length > INTERVALS_REMEMBERED) this.#intervals.shift()
    }
    this.#lastDts = dts
  }

  /** The shortest of the last ones, so that decode times do not run ahead of presentation. */
  #interval(): number {
    return this.#intervals.length === 0 ? FIRST_INTERVAL : Math.min(...this.#intervals)
  }
}
