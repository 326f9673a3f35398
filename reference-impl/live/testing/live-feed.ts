import { nowMs } from '../../clock.ts'
import type { Publication } from '../publication.ts'
import type { Clip } from './clip.ts'

const TICKS_PER_MS = 90
const STEP_MS = 5

/** Feeds a clip into a publication in real time, over and over, with continuous time stamps. */
export class LiveFeed {
  readonly #publication: Publication
  readonly #clip: Clip
  readonly #startedAt = nowMs()
  #next = 0
  #loop = 0
  #timer: NodeJS.Timeout

  constructor(publication: Publication, clip: Clip) {
    this.#publication = publication
    this.#clip = clip
    if (clip.video !== undefined) publication.track(clip.video)
    if (clip.audio !== undefined) publication.track(clip.audio)
    this.#timer = setInterval(() => this.#step(), STEP_MS)
    this.#step()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #step(): void {
    const now = nowMs()
    for (;;) {
      const frame = this.#clip.frames[this.#next]
      if (frame === undefined) {
        this.#next = 0
        this.#loop += 1
        continue
      }
      const offset = this.#loop * this.#clip.durationMs
      if (this.#startedAt + offset + frame.arrivedAt > now) return
      const shift = offset * TICKS_PER_MS
      const { dts, pts } = frame
      this.#publication.frame({ ...frame, dts: dts + shift, pts: pts + shift, arrivedAt: now })
      this.#next += 1
    }
  }
}
