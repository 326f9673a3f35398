import type { ReconnectPolicy } from './behaviour.ts'

/** When an encoder tries again: a first delay, then each one longer by a factor, so many times. */
export class Reconnecting {
  readonly #policy: ReconnectPolicy
  #retries = 0
  #timer: NodeJS.Timeout | null = null

  constructor(policy: ReconnectPolicy) {
    this.#policy = policy
  }

  /** Whether a refusal is no reason to give up. */
  get afterRefusal(): boolean {
    return this.#policy?.afterRefusal ?? false
  }

  /** Calls `attempt` after the next delay; false when the profile gives up instead. */
  again(attempt: () => void): boolean {
    const delay = this.nextDelayMs()
    if (delay === null) return false
    this.#retries++
    this.#timer = setTimeout(attempt, delay)
    return true
  }

  /** ms; null when there is no further attempt. */
  nextDelayMs(): number | null {
    const policy = this.#policy
    if (policy === null || this.#retries >= policy.maxRetries) return null
    return Math.min(policy.maxDelayMs, policy.firstDelayMs * policy.factor ** this.#retries)
  }

  succeeded(): void {
    this.#retries = 0
  }

  cancel(): void {
    if (this.#timer) clearTimeout(this.#timer)
  }
}
