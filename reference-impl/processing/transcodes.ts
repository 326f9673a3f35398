import type { Hub } from '../live/hub.ts'
import type { LiveStream, StreamEnd } from '../live/live-stream.ts'
import type { StreamDirectory } from '../live/stream-directory.ts'
import { sameTimeline } from '../live/timeline.ts'
import { DerivedStream } from './derived-stream.ts'
import type { ProcessBudget } from './process-budget.ts'
import { parseProfile, type TranscodeProfile } from './profile.ts'

export interface TranscodesOptions {
  readonly hub: Hub
  readonly directory: StreamDirectory
  readonly ffmpeg: string
  readonly budget: ProcessBudget
}

/** Makes the transcodes of every live stream that has some, each a live stream of its own. */
export class Transcodes {
  readonly #options: TranscodesOptions
  /** By the name of the transcode. */
  readonly #running = new Map<string, DerivedStream>()

  constructor(options: TranscodesOptions) {
    this.#options = options
    options.hub.onStream((stream) => this.#start(stream))
    options.directory.onCommand((name) => this.#running.get(name)?.stop())
  }

  /** Process ids by the name of the transcode. */
  get processes(): ReadonlyMap<string, number | undefined> {
    return new Map([...this.#running].map(([name, { pid }]) => [name, pid]))
  }

  close(): void {
    for (const derived of [...this.#running.values()]) derived.stop()
  }

  #start(source: LiveStream): void {
    const members = this.#options.directory.group?.(source.name)?.members ?? []
    if (members[0]?.name !== source.name) return
    for (const { name, profile: named } of members) {
      const profile = named === null ? undefined : parseProfile(named)
      if (profile !== undefined) this.#transcode(source, name, profile)
    }
  }

  #transcode(source: LiveStream, name: string, profile: TranscodeProfile): void {
    const { hub, directory, ffmpeg, budget } = this.#options
    if (this.#running.has(name) || !budget.take()) return
    let made: LiveStream | undefined
    /** Live from its first media on, not before. */
    const live = () => {
      if (made === undefined && directory.apply(name, 'publish'))
        made = hub.publish(name, sameTimeline)
      return made
    }
    const derived = new DerivedStream({
      source,
      work: { kind: 'video', profile },
      ffmpeg,
      target: {
        track: (track) => live()?.track(track),
        frame: (frame) => made?.frame(frame),
        metadata: (metadata) => made?.metadata(metadata),
        end: (reason) => {
          this.#running.delete(name)
          budget.giveBack()
          if (made === undefined) return
          directory.apply(name, 'unpublish')
          hub.end(name, endOf(reason))
        },
      },
    })
    this.#running.set(name, derived)
    derived.start()
  }
}

export function endOf(reason: StreamEnd | 'failed'): StreamEnd {
  return reason === 'failed' ? 'vanished' : reason
}
