import type { StartupStage } from '../../load/engine.ts'
import type { FragmentScanner } from './fragment-scanner.ts'
import { LatencyBuckets } from './latency-buckets.ts'
import { MAX_GAP_FRAMES } from './limits.ts'
import { type BufferThresholds, PlaybackBuffer } from './playback-buffer.ts'
import type { Tally } from './tally.ts'

/** What one viewer saw: its start, its frames by their stamps, its model of a player. */
export class ViewerSeen {
  readonly buckets = new LatencyBuckets()
  readonly playback: PlaybackBuffer
  /** When the bytes that are being read came, ms of the shared clock. */
  now = 0.5
  /** It has had its first key frame. */
  playing = false
  readonly #tally: Tally
  readonly #dueAt: number
  #reached = 0
  #liveSinceMs = Number.POSITIVE_INFINITY
  #tag = -1
  #last = -1
  #lastTimeUs = 0
  readonly #returns: boolean

  /**
   * @param dueAt ms of the shared clock, when the viewer should have come; of one that `returns`,
   *   when it lost its server
   */
  constructor(tally: Tally, dueAt: number, thresholds: BufferThresholds, returns = false) {
    this.#tally = tally
    this.#dueAt = dueAt
    this.#returns = returns
    this.playback = new PlaybackBuffer(thresholds)
  }

  connected(): void {
    this.#stage('connect', 1)
  }

  /** The server has agreed to send. */
  accepted(): void {
    this.#stage('upgrade', 2)
  }

  init(): void {
    this.#stage('init', 4)
    if (this.#liveSinceMs === Number.POSITIVE_INFINITY) this.#liveSinceMs = this.now
  }

  /** Bytes of media came. */
  took(bytes: number): void {
    this.#tally.bytes += bytes
  }

  fragment({ facts, frames, times, tags }: FragmentScanner): void {
    const { count } = facts
    if (count === 0) return
    const tally = this.#tally
    tally.frames += count
    if (!this.playing && facts.key) {
      this.playing = true
      tally.playing++
      this.#stage('keyFrame', 8)
    }
    for (let i = 0; i < count; i++) {
      const frame = frames[i]!
      if (frame < 0 || !this.#own(tags[i]!)) tally.unstamped++
      else this.#frame(frame, times[i]!)
    }
    if (facts.time >= 0) this.playback.add(facts.time, facts.duration, this.now / 1000)
  }

  /** It is gone: whoever had a picture has none any more. */
  ended(): void {
    if (this.playing) this.#tally.playing--
    this.playing = false
  }

  /** Stamps of another stream say nothing about this one. */
  #own(tag: number): boolean {
    if (this.#tag < 0) this.#tag = tag
    return tag === this.#tag
  }

  #frame(frame: number, timeUs: number): void {
    const tally = this.#tally
    if (this.#last >= 0) {
      if (frame > this.#last) {
        const gap = frame - this.#last - 1
        if (gap > 0 && gap < MAX_GAP_FRAMES) tally.lost += gap
      } else if (timeUs <= this.#lastTimeUs) {
        tally.repeated++
        return
      }
    }
    this.#last = frame
    this.#lastTimeUs = timeUs
    const composedMs = timeUs / 1000
    if (composedMs < this.#liveSinceMs) return
    const latency = this.now - composedMs
    tally.latency.record(latency)
    this.buckets.add(latency)
  }

  #stage(stage: StartupStage, bit: number): void {
    if ((this.#reached & bit) !== 0) return
    this.#reached |= bit
    if (!this.#returns) this.#tally.started(stage, this.now - this.#dueAt)
    else if (stage === 'keyFrame') this.#tally.returned(this.now - this.#dueAt)
  }
}
