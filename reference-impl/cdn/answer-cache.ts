import { MAX_HLS_CACHE_BYTES } from './limits.ts'

export interface KeptAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

interface Kept {
  readonly answer: KeptAnswer
  readonly until: number
}

/** Bytes that an entry costs besides its body. */
const ENTRY_BYTES = 512

/** Answers by key, the least recently used dropped first, bounded in bytes. Times: ms, given. */
export class AnswerCache {
  readonly #limit: number
  readonly #kept = new Map<string, Kept>()
  #bytes = 0

  constructor(limit = MAX_HLS_CACHE_BYTES) {
    this.#limit = limit
  }

  get bytes(): number {
    return this.#bytes
  }

  get(key: string, now: number): KeptAnswer | undefined {
    const kept = this.#kept.get(key)
    if (kept === undefined) return undefined
    this.#delete(key, kept)
    if (now >= kept.until) return undefined
    this.#add(key, kept)
    return kept.answer
  }

  /** @param life ms; what does not fit, or is not to be kept, is not kept */
  set(key: string, answer: KeptAnswer, now: number, life: number): void {
    const old = this.#kept.get(key)
    if (old !== undefined) this.#delete(key, old)
    if (life <= 0 || costOf(answer) > this.#limit) return
    this.#add(key, { answer, until: now + life })
    for (const [oldest, kept] of this.#kept) {
      if (this.#bytes <= this.#limit) break
      this.#delete(oldest, kept)
    }
  }

  #add(key: string, kept: Kept): void {
    this.#kept.set(key, kept)
    this.#bytes += costOf(kept.answer)
  }

  #delete(key: string, kept: Kept): void {
    this.#kept.delete(key)
    this.#bytes -= costOf(kept.answer)
  }
}

function costOf({ body }: KeptAnswer): number {
  return body.length + ENTRY_BYTES
}
