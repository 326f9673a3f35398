import type { Misbehaviour } from './behaviour.ts'
import type { Clip } from './clip.ts'
import { loopClip } from './loop-clip.ts'
import { transformOf } from './misbehave.ts'
import type { Unit } from './unit.ts'

export interface TimelineOptions {
  readonly video: Clip | null
  readonly audio: Clip | null
  /** ms, first video timestamp */
  readonly videoStartMs: number
  readonly misbehaviours: readonly Misbehaviour[]
  readonly firstVideoFrame: number
  readonly firstAudioFrame: number
}

/** All frames of one connection in the order in which they are sent: video first at equal times. */
export class Timeline {
  readonly #tracks: Iterator<Unit>[] = []
  readonly #next: (Unit | undefined)[] = []

  constructor(options: TimelineOptions) {
    const { video, audio, misbehaviours, videoStartMs } = options
    if (video) this.#add(video, options.firstVideoFrame, videoStartMs, misbehaviours)
    if (audio) this.#add(audio, options.firstAudioFrame, 0, misbehaviours)
  }

  #add(clip: Clip, first: number, startMs: number, misbehaviours: readonly Misbehaviour[]): void {
    let units: Iterable<Unit> = loopClip(clip, first, startMs)
    for (const misbehaviour of misbehaviours) {
      units = transformOf(misbehaviour, clip.kind, clip)?.(units) ?? units
    }
    const iterator = units[Symbol.iterator]()
    this.#tracks.push(iterator)
    this.#next.push(iterator.next().value)
  }

  #earliest(): number {
    let best = 0
    for (let i = 1; i < this.#next.length; i++) {
      if (isBefore(this.#next[i], this.#next[best])) best = i
    }
    return best
  }

  /** The next frame, left in place; undefined when there are no tracks. */
  peek(): Unit | undefined {
    return this.#next[this.#earliest()]
  }

  /** Takes the next frame. */
  take(): Unit | undefined {
    const track = this.#earliest()
    const unit = this.#next[track]
    this.#next[track] = this.#tracks[track]?.next().value
    return unit
  }
}

/** What is sent at the same time, as after a stall, goes in the order of the media. */
function isBefore(a: Unit | undefined, b: Unit | undefined): boolean {
  if (!a || !b) return a !== undefined
  return a.sendMs === b.sendMs ? a.mediaMs < b.mediaMs : a.sendMs < b.sendMs
}
