import { Counter, Trend } from 'k6/metrics'
import { PlaybackBuffer } from '../../swarm/playback-buffer.ts'
import { Lateness, type LatenessLine } from './lateness.ts'
import { inHold } from './part.ts'
import { type Arrival, deadlines, type Plan } from './plan.ts'
import { Seen, type SeenLine } from './seen.ts'
import { findStamps } from './stamps.ts'

const latency = new Trend('lp_delivery_latency', true)
const firstFrame = new Trend('lp_first_frame', true)
const frames = new Counter('lp_frames')
const lost = new Counter('lp_frames_lost')
const failed = new Counter('lp_viewers_failed')
const stalledShare = new Trend('lp_stalled_share')

/** What one viewer says of itself at its end: a line of JSON, merged by the harness. */
export interface ViewerLine {
  readonly lp: 1
  readonly viewer: number
  /** ms from when the viewer was due to the first frame; null when none came. */
  readonly firstFrameMs: number | null
  /** Why it ended early; null when it saw the run to its end. */
  readonly failure: string | null
  /** While viewers were still coming, and after that. */
  readonly ramp: SeenLine
  readonly hold: SeenLine
  /** Of the hold: a player with the product's thresholds, fed by the stamps' times. */
  readonly playback: {
    readonly playedMs: number
    readonly stalledMs: number
    readonly stalls: number
  }
  /** How late k6 itself was. */
  readonly late: LatenessLine
}

/**
 * Counts the frames of one viewer. Latency counts from the frames that were composed after the
 * viewer asked, because older ones come out of the cached group of pictures.
 */
export class Watch {
  readonly #viewer: number
  readonly #clockOffsetMs: number
  readonly #dueMs: number
  readonly #holdMs: number
  readonly #ramp = new Seen()
  readonly #hold = new Seen()
  readonly #playback = new PlaybackBuffer()
  readonly #lateness = new Lateness()
  #holding = false
  #askedMs = 0
  #last: number | null = null
  #lastTimeUs = 0
  #firstFrameMs: number | null = null
  #failure: string | null = null

  /** @param startMs wall clock at which the run began */
  constructor(plan: Plan, { viewer, startMs }: Arrival) {
    const { dueMs, holdMs } = deadlines(plan, { viewer, startMs })
    this.#viewer = viewer
    this.#clockOffsetMs = plan.clockOffsetMs
    this.#dueMs = dueMs
    this.#holdMs = holdMs
  }

  /** @param wallMs wall clock at which the viewer asks for the stream */
  asks(wallMs: number): void {
    this.#askedMs = wallMs
    this.#lateness.begin(this.#dueMs)
  }

  /** @param wallMs wall clock at which the last byte was read */
  media(bytes: Uint8Array, wallMs: number): void {
    const seen = this.#window(wallMs)
    seen.bytes += bytes.length
    for (const stamp of findStamps(bytes)) this.#frame(seen, stamp.frame, stamp.timeUs, wallMs)
  }

  fails(reason: string): void {
    if (this.#failure !== null) return
    this.#failure = reason
    failed.add(1)
  }

  /** One line on the console, which k6 writes to a file. */
  end(wallMs: number): void {
    if (this.#firstFrameMs === null && !this.#failure) this.fails('no stamped frame came')
    this.#window(wallMs)
    this.#playback.advance(wallMs / 1000)
    const { played, stalled, stalls } = this.#playback
    if (played > 0) stalledShare.add(stalled / played)
    const line: ViewerLine = {
      lp: 1,
      viewer: this.#viewer,
      firstFrameMs: this.#firstFrameMs,
      failure: this.#failure,
      ramp: this.#ramp.line(),
      hold: this.#hold.line(),
      playback: { playedMs: played * 1000, stalledMs: stalled * 1000, stalls },
      late: this.#lateness.end(),
    }
    console.log(JSON.stringify(line))
  }

  #window(wallMs: number): Seen {
    if (!this.#holding && wallMs >= this.#holdMs) {
      this.#holding = true
      inHold()
      this.#playback.advance(this.#holdMs / 1000)
      this.#playback.reset()
    }
    return this.#holding ? this.#hold : this.#ramp
  }

  #frame(seen: Seen, number: number, timeUs: number, wallMs: number): void {
    if (this.#firstFrameMs === null) {
      this.#firstFrameMs = wallMs - this.#dueMs
      firstFrame.add(this.#firstFrameMs)
    }
    if (this.#last !== null && number <= this.#last) {
      seen.doubled++
      return
    }
    const missing = this.#last === null ? 0 : number - this.#last - 1
    if (missing > 0) {
      seen.lost += missing
      lost.add(missing)
    }
    const sinceLast = this.#last === null ? 0 : (timeUs - this.#lastTimeUs) / 1e6
    this.#playback.add(timeUs / 1e6, sinceLast, wallMs / 1000)
    this.#last = number
    this.#lastTimeUs = timeUs
    seen.frames++
    frames.add(1)
    const composedMs = timeUs / 1000 + this.#clockOffsetMs
    if (composedMs < this.#askedMs) return
    latency.add(wallMs - composedMs)
    seen.latency.add((wallMs - composedMs) * 1000)
  }
}
