import type { Hub } from '../live/hub.ts'
import type { LiveStream } from '../live/live-stream.ts'
import type { LiveSeams } from '../live/seams.ts'
import type { StreamDirectory } from '../live/stream-directory.ts'
import { AacStreams } from './aac-streams.ts'
import { findFfmpeg } from './find-ffmpeg.ts'
import { ProcessBudget } from './process-budget.ts'
import { Transcodes } from './transcodes.ts'

/** What the reference makes of live streams with ffmpeg; nothing where there is none. */
export class Processing {
  readonly #ffmpeg = findFfmpeg()
  readonly #budget = new ProcessBudget()
  readonly #aac: AacStreams | undefined
  #transcodes: Transcodes | undefined

  constructor(seams: LiveSeams) {
    const ffmpeg = this.#ffmpeg
    if (ffmpeg !== undefined) this.#aac = new AacStreams({ ffmpeg, budget: this.#budget, seams })
  }

  /** Whether streams may have transcodes. */
  get available(): boolean {
    return this.#ffmpeg !== undefined
  }

  /** From now on streams get the transcodes that they were created with. */
  transcode(hub: Hub, directory: StreamDirectory): void {
    const ffmpeg = this.#ffmpeg
    if (ffmpeg === undefined) return
    this.#transcodes = new Transcodes({ hub, directory, ffmpeg, budget: this.#budget })
  }

  /** For players that know no Opus. */
  withAac(stream: LiveStream): LiveStream {
    return this.#aac?.of(stream) ?? stream
  }

  close(): void {
    this.#transcodes?.close()
    this.#aac?.close()
  }
}
