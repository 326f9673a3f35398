import { MAX_LOGGED_PACKETS } from './limits.ts'
import type { SettingsChange, Step } from './link-spec.ts'

/** What becomes of a packet. */
export const VERDICTS = [
  'waiting',
  'delivered',
  'loss',
  'queue-full',
  'codel',
  'mtu',
  'blackout',
  'checksum',
  'half-open',
  'overload',
] as const
export type Verdict = (typeof VERDICTS)[number]
export type DropCause = Exclude<Verdict, 'waiting' | 'delivered'>

export interface Decision {
  readonly index: number
  /** ms since the link opened */
  readonly at: number
  /** bytes of the IP packet */
  readonly size: number
  readonly verdict: Verdict
  /** ms since the link opened; null when dropped or still queued */
  readonly deliverAt: number | null
  readonly duplicated: boolean
  readonly corrupted: boolean
  readonly held: boolean
}

/** A change by hand: what a replay must repeat. `before` is the index of the next packet. */
export type LoggedChange = { readonly at: number; readonly before: number } & (
  | { readonly set: SettingsChange }
  | { readonly steps: readonly Step[]; readonly loopMs: number | null }
)

const DUPLICATED = 1
const CORRUPTED = 2
const HELD = 4
const FIRST_CAPACITY = 1_024

/** Every decision of one direction, in columns, so that a million of them fit. */
export class DecisionLog {
  readonly changes: LoggedChange[] = []
  #count = 0
  #at = new Float64Array(FIRST_CAPACITY)
  #deliverAt = new Float64Array(FIRST_CAPACITY)
  #size = new Uint32Array(FIRST_CAPACITY)
  #verdict = new Uint8Array(FIRST_CAPACITY)
  #flags = new Uint8Array(FIRST_CAPACITY)

  /** Packets in the log. */
  get length(): number {
    return this.#count
  }

  /** ms since the link opened, up to which everything that was due is decided. */
  until = 0

  /** False once there were more packets than are kept. */
  complete = true

  offered(at: number, size: number): void {
    if (this.#count === MAX_LOGGED_PACKETS) {
      this.complete = false
      return
    }
    if (this.#count === this.#at.length) this.#grow()
    this.#at[this.#count] = at
    this.#size[this.#count] = size
    this.#count++
  }

  decide(index: number, verdict: Verdict, deliverAt = 0): void {
    if (index >= this.#count) return
    this.#verdict[index] = VERDICTS.indexOf(verdict)
    this.#deliverAt[index] = deliverAt
  }

  duplicated(index: number): void {
    this.#flag(index, DUPLICATED)
  }

  corrupted(index: number): void {
    this.#flag(index, CORRUPTED)
  }

  held(index: number): void {
    this.#flag(index, HELD)
  }

  at(index: number): Decision {
    const verdict = VERDICTS[this.#verdict[index]!]!
    const flags = this.#flags[index]!
    return {
      index,
      at: this.#at[index]!,
      size: this.#size[index]!,
      verdict,
      deliverAt: verdict === 'delivered' ? this.#deliverAt[index]! : null,
      duplicated: (flags & DUPLICATED) !== 0,
      corrupted: (flags & CORRUPTED) !== 0,
      held: (flags & HELD) !== 0,
    }
  }

  *[Symbol.iterator](): Generator<Decision> {
    for (let index = 0; index < this.#count; index++) yield this.at(index)
  }

  /** One line a packet: index, ms, bytes, verdict, ms of delivery, flags. */
  toCsv(): string {
    const lines = ['index,at_ms,bytes,verdict,deliver_at_ms,flags']
    for (const { index, at, size, verdict, deliverAt, ...flags } of this) {
      const set = Object.entries(flags).flatMap(([name, on]) => (on ? [name] : []))
      lines.push(
        `${index},${at.toFixed(3)},${size},${verdict},${deliverAt?.toFixed(3) ?? ''},${set.join('+')}`,
      )
    }
    return `${lines.join('\n')}\n`
  }

  #flag(index: number, flag: number): void {
    if (index < this.#count) this.#flags[index] = this.#flags[index]! | flag
  }

  #grow(): void {
    const capacity = this.#at.length * 2
    const wider = <T extends Float64Array | Uint32Array | Uint8Array>(to: T, from: T): T => {
      to.set(from)
      return to
    }
    this.#at = wider(new Float64Array(capacity), this.#at)
    this.#deliverAt = wider(new Float64Array(capacity), this.#deliverAt)
    this.#size = wider(new Uint32Array(capacity), this.#size)
    this.#verdict = wider(new Uint8Array(capacity), this.#verdict)
    this.#flags = wider(new Uint8Array(capacity), this.#flags)
  }
}
