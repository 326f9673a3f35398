import { Counter, Trend } from 'k6/metrics'
import { Buckets } from './buckets.ts'
import { findStamps } from './stamps.ts'

const latency = new Trend('lp_delivery_latency', true)
const firstFrame = new Trend('lp_first_frame', true)
const frames = new Counter('lp_frames')
const lost = new Counter('lp_frames_lost')
const failed = new Counter('lp_viewers_failed')

/** What one viewer says of itself at its end: a line of JSON, merged by the harness. */
export interface ViewerLine {
  readonly lp: 1
  readonly viewer: number
  readonly frames: number
  readonly lost: number
  readonly doubled: number
  /** ms from asking for the stream to its first frame; null when none came. */
  readonly firstFrameMs: number | null
  /** Why it ended early; null when it saw the run to its end. */
  readonly failure: string | null
  /** Delivery latency: pairs of bucket and count, see buckets.ts. */
  readonly latency: [number, number][]
}

/**
 * Counts the frames of one viewer. Latency counts from the frames that were composed after the
 * viewer asked, because older ones come out of the cached group of pictures.
 */
export class Watch {
  readonly #viewer: number
  readonly #clockOffsetMs: number
  readonly #buckets = new Buckets()
  #askedMs = 0
  #frames = 0
  #lost = 0
  #doubled = 0
  #last: number | null = null
  #firstFrameMs: number | null = null
  #failure: string | null = null

  constructor(viewer: number, clockOffsetMs: number) {
    this.#viewer = viewer
    this.#clockOffsetMs = clockOffsetMs
  }

  /** @param wallMs wall clock at which the viewer asks for the stream */
  asks(wallMs: number): void {
    this.#askedMs = wallMs
  }

  /** @param wallMs wall clock at which the last byte was read */
  media(bytes: Uint8Array, wallMs: number): void {
    for (const stamp of findStamps(bytes)) this.#frame(stamp.frame, stamp.timeUs / 1000, wallMs)
  }

  fails(reason: string): void {
    this.#failure ??= reason
    failed.add(1)
  }

  /** One line on the console, which k6 writes to a file. */
  end(): void {
    if (this.#frames === 0 && !this.#failure) this.fails('no frame came')
    const line: ViewerLine = {
      lp: 1,
      viewer: this.#viewer,
      frames: this.#frames,
      lost: this.#lost,
      doubled: this.#doubled,
      firstFrameMs: this.#firstFrameMs,
      failure: this.#failure,
      latency: this.#buckets.entries(),
    }
    console.log(JSON.stringify(line))
  }

  #frame(number: number, composedMs: number, wallMs: number): void {
    if (this.#firstFrameMs === null) {
      this.#firstFrameMs = wallMs - this.#askedMs
      firstFrame.add(this.#firstFrameMs)
    }
    if (this.#last !== null) {
      if (number <= this.#last) {
        this.#doubled++
        return
      }
      const missing = number - this.#last - 1
      if (missing > 0) {
        this.#lost += missing
        lost.add(missing)
      }
    }
    this.#last = number
    this.#frames++
    frames.add(1)
    const composedWallMs = composedMs + this.#clockOffsetMs
    if (composedWallMs < this.#askedMs) return
    latency.add(wallMs - composedWallMs)
    this.#buckets.add((wallMs - composedWallMs) * 1000)
  }
}
