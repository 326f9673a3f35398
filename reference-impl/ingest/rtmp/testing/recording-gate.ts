import type { Frame, Metadata, Track } from '../../../live/frame.ts'
import type {
  EndReason,
  Publication,
  PublishDecision,
  Publisher,
  PublishGate,
  Refusal,
} from '../../../live/publication.ts'

/** A publication that keeps everything it is given. */
export class RecordingPublication implements Publication {
  readonly streamName: string
  readonly tracks: Track[] = []
  readonly frames: Frame[] = []
  readonly metadatas: Metadata[] = []
  readonly ends: EndReason[] = []
  revoke: (reason: EndReason) => void = () => undefined
  /** Resolves with the first reason. */
  readonly ended: Promise<EndReason>
  #resolve: (reason: EndReason) => void = () => undefined

  constructor(streamName: string) {
    this.streamName = streamName
    this.ended = new Promise((resolve) => {
      this.#resolve = resolve
    })
  }

  track(track: Track): void {
    this.tracks.push(track)
  }

  frame(frame: Frame): void {
    this.frames.push(frame)
  }

  metadata(metadata: Metadata): void {
    this.metadatas.push(metadata)
  }

  end(reason: EndReason): void {
    this.ends.push(reason)
    this.#resolve(reason)
  }

  onRevoked(listener: (reason: EndReason) => void): void {
    this.revoke = listener
  }
}

/** Lets `XXXXX-YYYYY` publish and refuses the names that it is told to. */
export class RecordingGate implements PublishGate {
  readonly publications: RecordingPublication[] = []
  readonly publishers: Publisher[] = []
  readonly #refusals: Readonly<Record<string, Refusal>>

  constructor(refusals: Readonly<Record<string, Refusal>> = {}) {
    this.#refusals = refusals
  }

  decide(streamName: string, publisher: Publisher): PublishDecision {
    this.publishers.push(publisher)
    const refusal = Object.hasOwn(this.#refusals, streamName)
      ? this.#refusals[streamName]
      : /^[A-Za-z0-9]{5}-[A-Za-z0-9]{5}$/.test(streamName)
        ? undefined
        : 'bad-name'
    if (refusal !== undefined) return { ok: false, refusal }
    const publication = new RecordingPublication(streamName)
    this.publications.push(publication)
    return { ok: true, publication }
  }

  async request(streamName: string, publisher: Publisher): Promise<PublishDecision> {
    return this.decide(streamName, publisher)
  }
}
