import { z } from 'zod'
import type { EncoderEvidence, IngestRecord } from '../conformance/ingest-record.ts'
import { TargetError } from '../errors.ts'
import type { Target } from '../targets/target.ts'
import type { PlannedProvocation, ProvocationKind } from './provocation-plan.ts'

/** One that was done, or could not be. */
export interface DoneProvocation {
  readonly what: ProvocationKind | 'nak' | 'nack' | 'pli' | 'redirect'
  /** ms, `nowMs`; null when it was not done */
  readonly at: number | null
  /** What was done. */
  readonly text: string
  /** What the encoder did, or why it was not done. */
  readonly reaction: string
}

export const PROVOCATION_TEXT: Readonly<Record<DoneProvocation['what'], string>> = {
  drop: 'the connection was cut',
  replace: 'the stream was taken over by another publisher for 3 s',
  refuse: 'the connection was cut, and every publish refused for 6 s',
  nak: 'a packet that had come was reported as lost (NAK)',
  nack: 'a packet that had come was reported as lost (NACK)',
  pli: 'a key frame was asked for (PLI)',
  redirect: 'the request was redirected (307)',
}

/** For what was left out. */
export const PROVOCATION_NAME: Readonly<Record<ProvocationKind, string>> = {
  drop: 'cutting the connection',
  replace: 'a take-over by another publisher',
  refuse: 'refusing it after a cut',
}

const TIMEOUT_MS = 5_000
/** ms that a session must have been sending before the next trouble comes. */
const STEADY_MS = 3_000
const answerSchema = z.object({ done: z.boolean() })

/** Does what is planned, each as soon as the encoder publishes steadily after its time has come. */
export class Provoker {
  readonly done: { what: ProvocationKind; at: number }[] = []
  readonly #target: Target
  readonly #stream: string
  readonly #left: PlannedProvocation[]

  constructor(target: Target, stream: string, planned: readonly PlannedProvocation[]) {
    this.#target = target
    this.#stream = stream
    this.#left = [...planned]
  }

  get left(): readonly PlannedProvocation[] {
    return this.#left
  }

  /** Called at each look. @throws TargetError `LP_PROVOKE` */
  async look(
    { sessions }: EncoderEvidence,
    elapsedMs: number,
    now: number,
    signal: AbortSignal,
  ): Promise<void> {
    const [next] = this.#left
    if (next === undefined || elapsedMs < next.at) return
    const open = sessions.find((record) => record.closedAt === null && isSteady(record, now))
    if (!open) return
    this.#left.shift()
    if (await this.#provoke(next, signal)) this.done.push({ what: next.what, at: now })
  }

  async #provoke({ what, forMs }: PlannedProvocation, signal: AbortSignal): Promise<boolean> {
    const address = `${this.#target.reference?.observe}/provoke`
    try {
      const response = await fetch(address, {
        method: 'POST',
        headers: { 'X-BINTU-APIKEY': this.#target.apiKey, 'Content-Type': 'application/json' },
        body: JSON.stringify({ stream: this.#stream, what, forMs }),
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
      })
      if (!response.ok) throw new Error(`HTTP ${response.status}`)
      return answerSchema.parse(await response.json()).done
    } catch (cause) {
      const text = `the target did not provoke the encoder: ${(cause as Error).message}`
      throw new TargetError('LP_PROVOKE', text, { cause })
    }
  }
}

function isSteady({ openedAt, frames }: IngestRecord, now: number): boolean {
  const first = frames.at[0]
  const last = frames.at.at(-1)
  if (first === undefined || last === undefined) return false
  return now - (openedAt + first) >= STEADY_MS && now - (openedAt + last) < STEADY_MS
}
