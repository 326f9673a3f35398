import { type Delivery, deliver } from './deliver.ts'
import type { FuzzBytes, FuzzInput, FuzzPlace } from './fuzz-input.ts'

export interface Sent {
  readonly outcome: Delivery['outcome']
  readonly letIn: boolean
  /** What is wrong with an answer; null when nothing is. */
  readonly what: string | null
}

/** One session, and what its answers are worth. */
export async function send(
  input: FuzzInput,
  place: FuzzPlace,
  sent: FuzzBytes,
  goodbye: 'fin' | 'rst',
): Promise<Sent> {
  const { outcome, answer, later = [] } = await (input.deliver ?? deliver)(place, sent, goodbye)
  const wrong = [answer, ...later].map((it) => input.judge(it)).find((what) => what !== null)
  return { outcome, letIn: input.letIn(answer), what: wrong ?? null }
}
