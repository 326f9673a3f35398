import type { Publication } from '../../live/publication.ts'
import { parseAmfMessage, type RtmpMessage, RtmpType } from '../../wire/rtmp-messages.ts'
import type { IngestRecorder } from '../recorder.ts'
import { EarlyMedia } from './early-media.ts'
import type { RtmpLimits } from './limits.ts'
import { RtmpMedia } from './media.ts'
import type { RtmpSeams } from './seams.ts'

const MEDIA_TYPES: ReadonlySet<number> = new Set([
  RtmpType.audio,
  RtmpType.video,
  RtmpType.data,
  RtmpType.dataAmf3,
])

export function isMedia({ type }: RtmpMessage): boolean {
  return MEDIA_TYPES.has(type)
}

export interface InletOptions {
  readonly limits: RtmpLimits
  readonly seams: RtmpSeams
  readonly recorder: IngestRecorder
}

/** Where the media of a session go: kept until it is decided who publishes, then to the publication. */
export class MediaInlet {
  /** ms, when audio or video last came */
  lastAt = 0
  readonly #options: InletOptions
  readonly #early: EarlyMedia
  #media: RtmpMedia
  #publication: Publication | null = null
  #strayed = false

  constructor(options: InletOptions) {
    this.#options = options
    this.#early = new EarlyMedia(options.limits.maxEarlyBytes)
    this.#media = new RtmpMedia(options.recorder)
  }

  get publication(): Publication | null {
    return this.#publication
  }

  open(publication: Publication, now: number): void {
    this.#publication = publication
    this.#media = new RtmpMedia(this.#options.recorder)
    this.lastAt = now
  }

  /** Nothing goes on; what was kept is forgotten. The publication that was open, for its end. */
  close(): Publication | null {
    const publication = this.#publication
    this.#publication = null
    this.#early.take()
    return publication
  }

  /** Keeps a message that came before the decision; false when there is no room. */
  keep(message: RtmpMessage, now: number): boolean {
    return this.#early.add(message, now)
  }

  takeKept(): void {
    for (const { message, at } of this.#early.take()) this.message(message, true, at)
  }

  /** `own`: it came on the message stream that publishes. Throws `WireError` codes of its format. */
  message(message: RtmpMessage, own: boolean, now: number): void {
    const { recorder, seams, limits } = this.#options
    const { type, payload, timestamp } = message
    const target = seams.mediaTarget(own ? this.#publication : null)
    if (target === null) {
      if (!this.#strayed) recorder.event(now, 'stray-media', { messageType: type })
      this.#strayed = true
    } else if (type === RtmpType.audio || type === RtmpType.video) {
      this.lastAt = now
      this.#media.message(message, target, now)
    } else if (isMedia(message)) {
      this.#media.data(parseAmfMessage(type, payload, limits.amf), timestamp, target, now)
    }
  }
}
