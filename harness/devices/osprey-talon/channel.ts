import type { Encoder, EncoderEnd } from '../../encoders/encoder.ts'
import { startEncoder } from '../../encoders/start-encoder.ts'
import { LiveproofError } from '../../errors.ts'
import { nowMs } from '../../measure/clock.ts'
import { SILENT_MS } from './limits.ts'
import type { Publication } from './publication.ts'

export type ChannelState = 'stopped' | 'connecting' | 'streaming' | 'interrupted' | 'failed'

export interface ChannelStatus {
  readonly state: ChannelState
  /** Why it failed; else empty. */
  readonly message: string
  /** Where it sends, without the key. */
  readonly destination: string
  readonly protocol: string
  /** s since it began to stream */
  readonly seconds: number
  readonly frames: number
  /** The mean since then. */
  readonly kbps: number
  readonly reconnects: number
}

const WHY: Record<EncoderEnd, string> = {
  stopped: '',
  aborted: '',
  refused: 'The server refused the stream',
  disconnected: 'The connection was lost, and not found again',
}

/** One output of the device: at most one encoder, which its buttons start and stop. */
export class Channel {
  #state: Exclude<ChannelState, 'interrupted'> = 'stopped'
  #message = ''
  #publication: Publication | null = null
  #encoder: Encoder | null = null
  #attempt: AbortController | null = null
  #startedAt = 0
  #frames = 0
  #framesAt = 0

  get busy(): boolean {
    return this.#state === 'connecting' || this.#state === 'streaming'
  }

  /** Begins to publish; how it goes is in `status`. False while it does so already. */
  start(publication: Publication): boolean {
    if (this.busy) return false
    const attempt = new AbortController()
    this.#attempt = attempt
    this.#publication = publication
    this.#encoder = null
    this.#state = 'connecting'
    this.#message = ''
    void this.#run(publication, attempt)
    return true
  }

  /** Resolves once the encoder has said goodbye. Idempotent. */
  async stop(): Promise<void> {
    this.#attempt?.abort()
    this.#attempt = null
    this.#state = 'stopped'
    this.#message = ''
    await this.#encoder?.stop()
  }

  status(): ChannelStatus {
    const { framesSent = 0, bytesSent = 0, reconnects = 0 } = this.#encoder?.stats ?? {}
    const now = nowMs()
    if (framesSent !== this.#frames) {
      this.#frames = framesSent
      this.#framesAt = now
    }
    const streaming = this.#state === 'streaming'
    const seconds = streaming ? (now - this.#startedAt) / 1000 : 0
    return {
      state: streaming && now - this.#framesAt > SILENT_MS ? 'interrupted' : this.#state,
      message: this.#message,
      destination: this.#publication ? withoutKey(this.#publication) : '',
      protocol: this.#publication?.protocol ?? '',
      seconds: Math.floor(seconds),
      frames: framesSent,
      kbps: seconds > 0 ? Math.round((bytesSent * 8) / 1000 / seconds) : 0,
      reconnects,
    }
  }

  async #run(publication: Publication, attempt: AbortController): Promise<void> {
    const { url, streamName, profile, ca } = publication
    try {
      const encoder = await startEncoder({
        profile,
        to: { url, streamName },
        signal: attempt.signal,
        ...(ca === undefined ? {} : { tls: { ca } }),
      })
      if (this.#attempt !== attempt) return await encoder.stop()
      this.#encoder = encoder
      this.#state = 'streaming'
      this.#startedAt = nowMs()
      this.#framesAt = this.#startedAt
      const { reason, message } = await encoder.closed
      if (this.#attempt === attempt) this.#fail(`${WHY[reason]}: ${message}`)
    } catch (error) {
      if (this.#attempt !== attempt) return
      const known = error instanceof LiveproofError
      this.#fail(known ? `${error.message} [${error.code}]` : String(error))
    }
  }

  #fail(message: string): void {
    this.#attempt = null
    this.#state = 'failed'
    this.#message = message
  }
}

function withoutKey({ url, streamName }: Publication): string {
  return streamName === '' ? url : url.replace(encodeURIComponent(streamName), '…')
}
