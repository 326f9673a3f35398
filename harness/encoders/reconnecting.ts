import type { ReconnectPolicy } from './behaviour.ts'
import type { EncoderEnd } from './encoder.ts'
import { EncoderError } from './encoder-error.ts'

export interface ReconnectListener {
  /** Publishing has started again. */
  back(): void
  /** There is no further attempt. */
  gaveUp(reason: EncoderEnd, message: string): void
}

/** Brings a lost connection back as a profile does: when it tries again, how often, after what. */
export class Reconnecting {
  readonly #policy: ReconnectPolicy
  readonly #publish: () => Promise<void>
  readonly #listener: ReconnectListener
  #retries = 0
  #timer: NodeJS.Timeout | null = null
  #cancelled = false

  /** `publish` connects once, and rejects where that fails. */
  constructor(policy: ReconnectPolicy, publish: () => Promise<void>, listener: ReconnectListener) {
    this.#policy = policy
    this.#publish = publish
    this.#listener = listener
  }

  /** The connection was lost; `refused` where the target said that it must not come back. */
  lost(refused: EncoderError | null): void {
    if (refused) this.#refused(refused)
    else this.#again('the connection was lost')
  }

  /** Nothing more is tried or told. */
  cancel(): void {
    this.#cancelled = true
    if (this.#timer) clearTimeout(this.#timer)
  }

  #again(why: string): void {
    const policy = this.#policy
    if (policy === null || this.#retries >= policy.maxRetries) {
      this.#listener.gaveUp('disconnected', why)
      return
    }
    const { firstDelayMs, factor, maxDelayMs } = policy
    const delay = Math.min(maxDelayMs, firstDelayMs * factor ** this.#retries)
    this.#retries++
    this.#timer = setTimeout(() => {
      this.#publish().then(
        () => this.#succeeded(),
        (error: unknown) => this.#failed(error),
      )
    }, delay)
  }

  #succeeded(): void {
    if (this.#cancelled) return
    this.#retries = 0
    this.#listener.back()
  }

  #failed(error: unknown): void {
    if (this.#cancelled) return
    const refused = error instanceof EncoderError && error.code === 'LP_ENCODER_REFUSED'
    if (refused) this.#refused(error)
    else this.#again(String(error))
  }

  #refused(error: EncoderError): void {
    if (this.#policy?.afterRefusal) this.#again(error.message)
    else this.#listener.gaveUp('refused', error.message)
  }
}
