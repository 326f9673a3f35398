import type { Frame, Metadata, Track } from './frame.ts'
import type { LiveStream } from './live-stream.ts'
import type { EndReason, Publication } from './publication.ts'

/** One session's right to feed one live stream, until it ends. */
export class StreamPublication implements Publication {
  readonly streamName: string
  readonly #stream: LiveStream
  readonly #now: () => number
  readonly #onEnd: (reason: EndReason) => void
  #ended: EndReason | undefined
  #revoked: EndReason | undefined
  #listener: ((reason: EndReason) => void) | undefined
  #lastActive: number

  /** @param onEnd called once, when the session ends the publication by itself */
  constructor(stream: LiveStream, now: () => number, onEnd: (reason: EndReason) => void) {
    this.streamName = stream.name
    this.#stream = stream
    this.#now = now
    this.#onEnd = onEnd
    this.#lastActive = now()
  }

  /** How long nothing came, ms. */
  get silentFor(): number {
    return this.#now() - this.#lastActive
  }

  track(track: Track): void {
    if (this.#ended !== undefined) return
    this.#lastActive = this.#now()
    this.#stream.track(track)
  }

  frame(frame: Frame): void {
    if (this.#ended !== undefined) return
    this.#lastActive = this.#now()
    this.#stream.frame(frame)
  }

  metadata(metadata: Metadata): void {
    if (this.#ended !== undefined) return
    this.#lastActive = this.#now()
    this.#stream.metadata(metadata)
  }

  end(reason: EndReason): void {
    if (this.#ended !== undefined) return
    this.#ended = reason
    this.#onEnd(reason)
  }

  onRevoked(listener: (reason: EndReason) => void): void {
    if (this.#revoked !== undefined) listener(this.#revoked)
    else this.#listener = listener
  }

  /** Somebody else ends it: the session is told, and must close. */
  revoke(reason: EndReason): void {
    if (this.#ended !== undefined) return
    this.#ended = reason
    this.#revoked = reason
    this.#listener?.(reason)
  }
}
