import { LiveStream } from '../live/live-stream.ts'
import type { LiveSeams } from '../live/seams.ts'
import { sameTimeline } from '../live/timeline.ts'
import { DerivedStream } from './derived-stream.ts'
import { IDLE_MS, LOOK_MS } from './limits.ts'
import type { ProcessBudget } from './process-budget.ts'
import { endOf } from './transcodes.ts'

export interface AacStreamsOptions {
  readonly ffmpeg: string
  readonly budget: ProcessBudget
  readonly seams: LiveSeams
}

/** kbit/s */
const AAC_KBPS = 96

interface Running {
  readonly stream: LiveStream
  readonly derived: DerivedStream
  idleSince: number | undefined
}

/**
 * Streams with AAC in the place of Opus, for formats whose players know no Opus: HLS, RTMP, push.
 * Each is made when it is first asked for, and no longer than somebody takes it.
 */
export class AacStreams {
  readonly #options: AacStreamsOptions
  readonly #running = new Map<LiveStream, Running>()
  /** ffmpeg would not do it: they go out as they are. */
  readonly #failed = new WeakSet<LiveStream>()
  readonly #look: NodeJS.Timeout

  constructor(options: AacStreamsOptions) {
    this.#options = options
    this.#look = setInterval(() => this.#stopIdle(), LOOK_MS).unref()
  }

  /** The stream itself, unless its sound is Opus. */
  of(source: LiveStream): LiveStream {
    const { audio } = source.init?.tracks ?? source.announced
    if (audio?.codec !== 'opus' || this.#failed.has(source)) return source
    return this.#running.get(source)?.stream ?? this.#start(source)
  }

  close(): void {
    clearInterval(this.#look)
    for (const { derived } of [...this.#running.values()]) derived.stop()
  }

  #start(source: LiveStream): LiveStream {
    const { ffmpeg, budget, seams } = this.#options
    if (!budget.take()) return source
    const stream = new LiveStream(source.name, seams, sameTimeline)
    const derived = new DerivedStream({
      source,
      work: { kind: 'aac', kbps: AAC_KBPS },
      ffmpeg,
      target: {
        track: (track) => stream.track(track),
        frame: (frame) => stream.frame(frame),
        metadata: (metadata) => stream.metadata(metadata),
        end: (reason) => {
          this.#running.delete(source)
          budget.giveBack()
          if (reason === 'failed') this.#failed.add(source)
          stream.end(endOf(reason))
        },
      },
    })
    this.#running.set(source, { stream, derived, idleSince: undefined })
    derived.start()
    return stream
  }

  #stopIdle(): void {
    const now = performance.now()
    for (const one of [...this.#running.values()]) {
      if (one.stream.subscribers > 0) one.idleSince = undefined
      else one.idleSince ??= now
      if (one.idleSince !== undefined && now - one.idleSince > IDLE_MS) one.derived.stop()
    }
  }
}
