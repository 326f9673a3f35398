import { randomBytes } from 'node:crypto'
import type { ProbeContext } from '../probe-context.ts'
import { field, type RawAnswer, rawCall } from './raw-call.ts'

/** Calls at one time when many are made. */
const PARALLEL = 50

/** Streams that a probe makes by raw calls, to be deleted when it is done. */
export class OwnStreams {
  readonly #context: ProbeContext
  readonly #ids: string[] = []
  /** A tag that no other probe uses. */
  readonly tag = `liveproof-${randomBytes(6).toString('hex')}`

  constructor(context: ProbeContext) {
    this.#context = context
  }

  /** POST /stream; what comes back is for the probe to judge. */
  async create(tags: readonly string[] = [this.tag]): Promise<RawAnswer> {
    const answer = await rawCall(this.#context, 'POST', '/stream', { body: { tags } })
    this.remember(answer)
    return answer
  }

  async createMany(count: number): Promise<RawAnswer[]> {
    return inParallel(Array.from({ length: count }), () => this.create())
  }

  remember(answer: RawAnswer): void {
    const id = field(answer.json, 'id')
    if (typeof id === 'string') this.#ids.push(id)
  }

  /** Deletes all of them; a target that does not is no matter of the probe. */
  async delete(): Promise<void> {
    await inParallel(this.#ids, (id) =>
      rawCall(this.#context, 'DELETE', `/stream/${id}`).catch(() => undefined),
    )
  }
}

/** Runs `work` on each item, so many at a time; results in the items' order. */
export async function inParallel<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  let next = 0
  const worker = async () => {
    while (next < items.length) {
      const index = next++
      results[index] = await work(items[index]!)
    }
  }
  await Promise.all(Array.from({ length: PARALLEL }, worker))
  return results
}

/** The `id` of a created stream. @throws Error where there is none */
export function idOf(answer: RawAnswer): string {
  const id = field(answer.json, 'id')
  if (typeof id !== 'string')
    throw new Error(`POST /stream answered ${answer.status} without an id`)
  return id
}
