/** Thresholds of the player's buffer, s; facts of the vendor's player (`tweaks.buffer`). */
export interface BufferThresholds {
  readonly min: number
  readonly start: number
  readonly target: number
  readonly limit: number
  readonly max: number
}

export const playerBuffer: BufferThresholds = {
  min: 0.2,
  start: 0.5,
  target: 1.2,
  limit: 1.7,
  max: 8,
}

/** Of a player of LL-HLS with parts of a third of a second, s; three parts are the hold-back. */
export const hlsBuffer: BufferThresholds = { min: 0.3, start: 1, target: 2, limit: 3, max: 10 }

const FASTEST = 1.1
const SLOWEST = 0.95
/** Share of a second of excess that is taken off in a second of playback. */
const GAIN = 0.2
/** s after the first media in which a player finds its place; its control runs ten times a second. */
const POSITIONING = 0.1
/** A jump of the media timeline, s, that is a new one and no hole. */
const NEW_TIMELINE = 10

/**
 * What a player would do with the media that a viewer gets, in a few numbers: it starts with
 * `start` s, plays faster above `limit` and slower below `min` until `target` is reached, jumps
 * above `max`, and stands still when nothing is left until there is as much as at the start.
 * Times in s of one clock; media times in s of the stream.
 */
export class PlaybackBuffer {
  /** Counted when a stall begins. */
  stalls = 0
  /** s */
  stalled = 0
  /** s between the first picture and the last look, stalls included */
  played = 0
  #goals: BufferThresholds
  #state: 'loading' | 'playing' | 'stalled' = 'loading'
  #mode: 'hold' | 'catch-up' | 'fall-back' = 'hold'
  #begin = 0.5
  #end = 0.5
  #head = 0.5
  #rate = 1.5
  #at = 0.5
  #startedAt = 0.5
  #empty = true

  constructor(goals: BufferThresholds = playerBuffer) {
    this.#goals = goals
    this.#rate = 1
  }

  get playing(): boolean {
    return this.#state === 'playing'
  }

  /** s of media in front of the playhead */
  get level(): number {
    return this.#empty ? 0 : Math.max(0, this.#end - this.#head)
  }

  get rate(): number {
    return this.#state === 'playing' ? this.#rate : 0
  }

  /** Media from `from` for `duration` came at `now`. */
  add(from: number, duration: number, now: number): void {
    this.advance(now)
    const fresh = this.#empty || Math.abs(from - this.#end) > NEW_TIMELINE
    if (fresh) {
      this.#empty = false
      this.#begin = from
      this.#head = from
      this.#end = from
    }
    this.#end = Math.max(this.#end, from + duration)
    const { start } = this.#goals
    if (this.#state === 'loading' && this.#end - this.#begin >= start) {
      this.#head = this.#end - start
      this.#state = 'playing'
      this.#at = now
      this.#startedAt = now
    } else if (this.#state === 'playing' && now - this.#startedAt < POSITIONING) {
      // What came out of the server's cache is longer than what is needed: it starts inside.
      this.#head = Math.max(this.#head, this.#end - start)
    } else if (this.#state === 'stalled' && this.#end - this.#head >= start) {
      this.#state = 'playing'
    }
    if (this.#state === 'playing') this.#control()
  }

  /** Time passes without media. */
  advance(now: number): void {
    const elapsed = now - this.#at
    if (this.#state === 'loading' || elapsed <= 0) {
      this.#at = now
      return
    }
    this.#at = now
    this.played += elapsed
    if (this.#state === 'stalled') {
      this.stalled += elapsed
      return
    }
    const left = (this.#end - this.#head) / this.#rate
    if (elapsed < left) {
      this.#head += elapsed * this.#rate
      return
    }
    this.#head = this.#end
    this.#state = 'stalled'
    this.stalls++
    this.stalled += elapsed - left
  }

  /** Stalls and times from now on; the player goes on. */
  reset(): void {
    this.stalls = 0
    this.stalled = 0
    this.played = 0
  }

  #control(): void {
    const { min, target, limit, max } = this.#goals
    const level = this.#end - this.#head
    if (level > max) {
      this.#head = this.#end - target
      this.#mode = 'hold'
      this.#rate = 1
      return
    }
    if (level > limit) this.#mode = 'catch-up'
    else if (level < min) this.#mode = 'fall-back'
    else if (this.#mode === 'catch-up' && level <= target) this.#mode = 'hold'
    else if (this.#mode === 'fall-back' && level >= target) this.#mode = 'hold'
    const excess = level - target
    if (this.#mode === 'catch-up') this.#rate = Math.min(FASTEST, 1 + Math.max(0.02, GAIN * excess))
    else if (this.#mode === 'fall-back')
      this.#rate = Math.max(SLOWEST, 1 + Math.min(-0.01, GAIN * excess))
    else this.#rate = 1
  }
}
