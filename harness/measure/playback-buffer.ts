/** Thresholds of a player's buffer, s. */
export interface BufferThresholds {
  /** Below it playback slows down. */
  readonly min: number
  /** Media needed before playback starts, and before it goes on after a stall. */
  readonly start: number
  /** Where speeding up and slowing down end. */
  readonly target: number
  /** Above it playback speeds up. */
  readonly limit: number
  /** Above it playback jumps to the target. */
  readonly max: number
}

/** The vendor's `tweaks.buffer`. */
export const playerThresholds: BufferThresholds = {
  min: 0.2,
  start: 0.5,
  target: 1.2,
  limit: 1.7,
  max: 8,
}

export type PlaybackState = 'starting' | 'playing' | 'stalled'

const FASTEST = 1.1
const SLOWEST = 0.95
/** Share of a second of excess that is taken off in a second of playback. */
const GAIN = 0.2
const LEAST_FASTER = 1.02
const LEAST_SLOWER = 0.99
/** ms between two looks at the buffer, as in the player. */
const LOOK_MS = 100

/**
 * What a live player would do with media that arrive when they do: starts `start` behind the newest
 * media, stalls when the next frame is not there, speeds up and slows down to hold its buffer.
 * Pure: no clock, no timers, and no allocation per call. Media times in s, wall times in ms.
 */
export class PlaybackBuffer {
  readonly #goals: BufferThresholds
  #state: PlaybackState = 'starting'
  #mode: 'hold' | 'faster' | 'slower' = 'hold'
  #rate = 1
  #position = 0
  #first = Number.NaN
  #end = 0
  /** Sum of the holes in the media, s: the timeline without them is what is played. */
  #holes = 0
  /** ms up to which it has played. */
  #now = Number.NaN
  #lookAt = 0
  #startedAt = Number.NaN
  #stalls = 0
  #stalledMs = 0
  #jumps = 0

  constructor(goals: BufferThresholds = playerThresholds) {
    this.#goals = goals
  }

  get state(): PlaybackState {
    return this.#state
  }

  /** s of media ahead of the playhead */
  get buffered(): number {
    return this.#state === 'starting' ? this.#end - this.#first || 0 : this.#end - this.#position
  }

  get rate(): number {
    return this.#state === 'playing' ? this.#rate : 0
  }

  /** Media time at the playhead, s; before the start, where it would begin. Holes included. */
  get position(): number {
    return this.#position + this.#holes
  }

  /** ms when playback began; NaN before */
  get startedAt(): number {
    return this.#startedAt
  }

  get stalls(): number {
    return this.#stalls
  }

  /** ms, a stall that still lasts included up to the last call */
  get stalledMs(): number {
    return this.#stalledMs
  }

  /** Times that it jumped because it was more than `max` behind. */
  get jumps(): number {
    return this.#jumps
  }

  /** ms from the start to the last call, stalls included */
  get watchedMs(): number {
    return Number.isNaN(this.#startedAt) ? 0 : this.#now - this.#startedAt
  }

  /**
   * Media from `start` to `end` (s on the media timeline) have arrived at `now` (ms). Media that
   * begin behind the newest ones make a hole, which playback steps over.
   */
  media(start: number, end: number, now: number): void {
    this.advance(now)
    if (Number.isNaN(this.#first)) {
      this.#first = start
      this.#end = start
      this.#position = start
    }
    const hole = start - this.#holes - this.#end
    if (hole > 0) this.#holes += hole
    this.#end = Math.max(this.#end, end - this.#holes)
  }

  /** Plays until `now`, ms. Earlier than before changes nothing. */
  advance(now: number): void {
    if (Number.isNaN(this.#now)) {
      this.#now = now
      this.#lookAt = now
    }
    // Not before time moves on: all that arrives at one moment counts.
    if (this.#state !== 'playing' && now > this.#now) this.#resume()
    while (this.#state === 'playing' && this.#now < now) {
      if (this.#lookAt <= this.#now) this.#look()
      this.#play(Math.min(now, this.#lookAt))
    }
    if (now > this.#now) {
      if (this.#state === 'stalled') this.#stalledMs += now - this.#now
      this.#now = now
    }
  }

  #play(until: number): void {
    const left = ((this.#end - this.#position) * 1000) / this.#rate
    if (left <= until - this.#now) {
      this.#position = this.#end
      this.#now += Math.max(0, left)
      this.#state = 'stalled'
      this.#stalls += 1
      return
    }
    this.#position += ((until - this.#now) * this.#rate) / 1000
    this.#now = until
  }

  /** Starts, or goes on after a stall, once there is enough. */
  #resume(): void {
    const { start } = this.#goals
    if (this.#end - this.#position < start - ROUNDING_S) return
    if (this.#state === 'starting') {
      this.#startedAt = this.#now
      // The group of pictures that a server has cached is longer: playback starts inside it.
      this.#position = Math.max(this.#first, this.#end - start)
    }
    this.#state = 'playing'
    this.#mode = 'hold'
    this.#rate = 1
    this.#lookAt = this.#now
  }

  #look(): void {
    this.#lookAt = this.#now + LOOK_MS
    const { min, target, limit, max } = this.#goals
    const buffered = this.#end - this.#position
    if (buffered > max) {
      this.#position = this.#end - target
      this.#jumps += 1
      this.#mode = 'hold'
    } else if (buffered > limit) this.#mode = 'faster'
    else if (buffered < min) this.#mode = 'slower'
    else if (this.#mode === 'faster' && buffered <= target) this.#mode = 'hold'
    // Slower until it can start again, no longer: every slow second is a late one.
    else if (this.#mode === 'slower' && buffered >= this.#goals.start) this.#mode = 'hold'
    const excess = this.#end - this.#position - target
    if (this.#mode === 'faster') {
      this.#rate = Math.min(FASTEST, Math.max(LEAST_FASTER, 1 + GAIN * excess))
    } else if (this.#mode === 'slower') {
      this.#rate = Math.max(SLOWEST, Math.min(LEAST_SLOWER, 1 + GAIN * excess))
    } else this.#rate = 1
  }
}

/** Media times are sums of fractions. */
const ROUNDING_S = 1e-6
