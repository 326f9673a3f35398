import type { RtmpMessage } from '../../wire/rtmp-messages.ts'

/**
 * Media of a publisher that does not wait for Publish.Start, kept until its publish is decided so
 * that its first group of pictures is not lost. Bounded; what does not fit is refused.
 */
export class EarlyMedia {
  readonly #maxBytes: number
  #messages: { message: RtmpMessage; at: number }[] = []
  #bytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** False when it is full: the message is lost. */
  add(message: RtmpMessage, at: number): boolean {
    if (this.#bytes + message.payload.length > this.#maxBytes) return false
    this.#bytes += message.payload.length
    this.#messages.push({ message, at })
    return true
  }

  /** Everything that was kept, in order; nothing is kept any more. */
  take(): readonly { message: RtmpMessage; at: number }[] {
    const taken = this.#messages
    this.#messages = []
    this.#bytes = 0
    return taken
  }
}
