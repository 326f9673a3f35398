import type { Frame } from './frame.ts'
import { MAX_HELD_BYTES, MAX_HELD_FRAMES } from './limits.ts'

/** Frames that wait for their stream to start: audio, and video from a key frame on. Bounded. */
export class HeldFrames {
  #frames: Frame[] = []
  #bytes = 0
  #since: number | undefined
  #key: Frame | undefined

  /** The video key frame to start with. */
  get key(): Frame | undefined {
    return this.#key
  }

  get empty(): boolean {
    return this.#frames.length === 0
  }

  /** How long the first frame has been waiting at `now`; ms. */
  waited(now: number): number {
    return this.#since === undefined ? 0 : now - this.#since
  }

  get full(): boolean {
    return this.#bytes > MAX_HELD_BYTES || this.#frames.length > MAX_HELD_FRAMES
  }

  add(frame: Frame): void {
    this.#since ??= frame.arrivedAt
    if (frame.track === 'video' && this.#key === undefined) {
      if (!frame.key) return
      this.#key = frame
    }
    this.#frames.push(frame)
    this.#bytes += frame.data.length
    // Without a key frame nothing can start: keep the newest.
    while (this.full && this.#key === undefined) this.#drop()
  }

  /** All of them, in order of arrival; holds none afterwards. */
  take(): readonly Frame[] {
    const frames = this.#frames
    this.#frames = []
    this.#bytes = 0
    this.#since = undefined
    this.#key = undefined
    return frames
  }

  #drop(): void {
    this.#bytes -= this.#frames.shift()?.data.length ?? 0
  }
}
