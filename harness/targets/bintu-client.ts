import { setTimeout as delay } from 'node:timers/promises'
import type { z } from 'zod'
import {
  type BintuState,
  listedAnswer,
  organisationAnswer,
  streamAnswer,
  validateAnswer,
} from './bintu-answers.ts'
import { BintuError } from './bintu-error.ts'
import { CALL_ATTEMPTS, CALL_TIMEOUT_MS, FIRST_RETRY_MS, LONGEST_RETRY_MS } from './bintu-limits.ts'
import {
  attemptCall,
  type BintuAccess,
  type BintuCall,
  type FailedAttempt,
  isFailedAttempt,
  nameOf,
  redact,
} from './bintu-request.ts'
import {
  type BintuStream,
  type ListedStream,
  toBintuStream,
  toListedStream,
} from './bintu-stream.ts'

export interface BintuClientOptions {
  /** Base of the API, without a trailing slash. */
  readonly api: string
  readonly apiKey: string
  /** ms for one attempt, 10,000 unless told otherwise */
  readonly timeoutMs?: number
  /** ms before the first repetition, 200 unless told otherwise */
  readonly firstRetryMs?: number
  readonly signal?: AbortSignal
}

export interface ListOptions {
  readonly quantity?: number
  readonly state?: BintuState
  readonly tags?: readonly string[]
  /** Id of the last stream of the page before. */
  readonly before?: string
}

export interface NewStream {
  readonly tags?: readonly string[]
  readonly transcodes?: readonly { readonly profile: string; readonly tags?: readonly string[] }[]
  /** Id of a stream that the encoder publishes in another bitrate. */
  readonly group?: string
}

/**
 * The harness's own client of the bintu API. It shares nothing with the reference.
 * Calls that change nothing when repeated (GET, PUT, DELETE) are repeated after 429, 5xx and a
 * cut connection; a POST only where no connection came about, because it may have been done.
 * Every method throws `BintuError`.
 */
export class BintuClient {
  readonly #access: BintuAccess
  readonly #firstRetryMs: number

  constructor(options: BintuClientOptions) {
    const { api, apiKey, timeoutMs = CALL_TIMEOUT_MS, signal } = options
    this.#access = { api, apiKey, timeoutMs, signal }
    this.#firstRetryMs = options.firstRetryMs ?? FIRST_RETRY_MS
  }

  async createStream(options: NewStream = {}): Promise<BintuStream> {
    const body = { type: 'low-latency', ...options }
    return toBintuStream(await this.#call({ method: 'POST', path: '/stream', body }, streamAnswer))
  }

  /** The passthrough stream of a stream's group. */
  async getGroup(id: string): Promise<BintuStream> {
    const path = `${pathOf(id)}/group`
    return toBintuStream(await this.#call({ method: 'GET', path }, streamAnswer))
  }

  async getStream(id: string): Promise<BintuStream> {
    return toBintuStream(await this.#call({ method: 'GET', path: pathOf(id) }, streamAnswer))
  }

  /** Newest first, as many as the target gives unless `quantity` is set. */
  async listStreams(options: ListOptions = {}): Promise<ListedStream[]> {
    const query = new URLSearchParams()
    for (const name of ['quantity', 'state', 'before'] as const) {
      if (options[name] !== undefined) query.set(name, String(options[name]))
    }
    for (const tag of options.tags ?? []) query.append('tags[]', tag)
    const path = query.size === 0 ? '/stream' : `/stream?${query}`
    return (await this.#call({ method: 'GET', path }, listedAnswer.array())).map(toListedStream)
  }

  /** Replaces all tags. */
  async setTags(id: string, tags: readonly string[]): Promise<ListedStream> {
    return this.#put(id, 'tag', { tags })
  }

  async stop(id: string): Promise<ListedStream> {
    return this.#put(id, 'stop')
  }

  /** Stop & Lock: only while live. */
  async lock(id: string): Promise<ListedStream> {
    return this.#put(id, 'lock')
  }

  async unlock(id: string): Promise<ListedStream> {
    return this.#put(id, 'unlock')
  }

  async deleteStream(id: string): Promise<void> {
    await this.#call({ method: 'DELETE', path: pathOf(id) }, undefined)
  }

  /** The organisation of the key, as the target describes it. Verifies the key. */
  async organisation(): Promise<Record<string, unknown>> {
    return this.#call({ method: 'GET', path: '/organisation' }, organisationAnswer)
  }

  /** True when the stream name is already taken. */
  async validateName(streamname: string): Promise<boolean> {
    const call = { method: 'POST', path: '/stream/validate', body: { streamname } } as const
    return (await this.#call(call, validateAnswer)).taken
  }

  async #put(id: string, operation: string, body?: unknown): Promise<ListedStream> {
    const path = `${pathOf(id)}/${operation}`
    return toListedStream(await this.#call({ method: 'PUT', path, body }, listedAnswer))
  }

  async #call<T>(call: BintuCall, schema: z.ZodType<T>): Promise<T>
  async #call(call: BintuCall, schema: undefined): Promise<undefined>
  async #call<T>(call: BintuCall, schema: z.ZodType<T> | undefined): Promise<T | undefined> {
    const answer = await this.#attempts(call)
    if (schema === undefined) return undefined
    const parsed = schema.safeParse(answer)
    if (parsed.success) return parsed.data
    const issue = parsed.error.issues[0]!
    const message = `${nameOf(call)}: ${issue.path.join('.') || 'the answer'}: ${issue.message}`
    throw new BintuError('LP_API_UNEXPECTED_SHAPE', redact(message, this.#access))
  }

  async #attempts(call: BintuCall): Promise<unknown> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await attemptCall(this.#access, call)
      } catch (thrown) {
        if (!isFailedAttempt(thrown)) throw thrown
        // Deleted by an attempt whose answer was lost.
        if (call.method === 'DELETE' && attempt > 1 && thrown.error.status === 404) return undefined
        const wait = thrown.retryAfterMs ?? this.#firstRetryMs * 2 ** (attempt - 1)
        const repeats = mayRepeat(call, thrown) && attempt < CALL_ATTEMPTS
        if (!repeats || wait > LONGEST_RETRY_MS) throw thrown.error
        await this.#wait(wait, call)
      }
    }
  }

  async #wait(ms: number, call: BintuCall): Promise<void> {
    try {
      await delay(ms, undefined, this.#access.signal ? { signal: this.#access.signal } : {})
    } catch {
      throw new BintuError('LP_API_ABORTED', `${nameOf(call)}: given up by the caller`)
    }
  }
}

function mayRepeat(call: BintuCall, { error }: FailedAttempt): boolean {
  if (error.code === 'LP_API_UNREACHABLE') return true
  if (call.method === 'POST') return false
  return ['LP_API_RATE_LIMITED', 'LP_API_SERVER', 'LP_API_CUT'].includes(error.code)
}

function pathOf(id: string): string {
  return `/stream/${encodeURIComponent(id)}`
}
