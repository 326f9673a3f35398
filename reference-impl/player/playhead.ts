/** s of media that are as good as none: what follows is a hole. */
const HARDLY_ANY = 0.05

/** Where playback is in what a video element has buffered; s on the media's timeline. */
export class Playhead {
  readonly #video: HTMLVideoElement

  constructor(video: HTMLVideoElement) {
    this.#video = video
  }

  /** Of the newest media. */
  get end(): number {
    const { buffered } = this.#video
    return buffered.length === 0 ? 0 : buffered.end(buffered.length - 1)
  }

  /** s of media that can be played without a hole */
  get buffer(): number {
    const { buffered, currentTime } = this.#video
    for (let index = 0; index < buffered.length; index++) {
      const inside =
        buffered.start(index) <= currentTime + HARDLY_ANY && currentTime <= buffered.end(index)
      if (inside) return buffered.end(index) - currentTime
    }
    return 0
  }

  /**
   * Goes to `wanted` s before the end: the cached group is usually longer than what is needed, and
   * playback starts inside it. False while there is less.
   */
  start(wanted: number): boolean {
    const { buffered } = this.#video
    const last = buffered.length - 1
    const length = buffered.end(last) - buffered.start(last)
    if (length < wanted) return false
    this.#video.currentTime = Math.max(buffered.start(last), buffered.end(last) - wanted)
    return true
  }

  /** Goes on behind a hole that playback has come to; false where there is none. */
  stepOverHole(): boolean {
    if (this.#video.seeking || this.buffer > HARDLY_ANY) return false
    const { buffered, currentTime } = this.#video
    for (let index = 0; index < buffered.length; index++) {
      const start = buffered.start(index)
      if (start <= currentTime) continue
      this.#video.currentTime = start + 0.001
      return true
    }
    return false
  }
}
