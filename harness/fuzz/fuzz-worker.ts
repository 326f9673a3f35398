/** Runs sessions in a thread of its own, so that they disturb no measurement beside them. */
import { parentPort, workerData } from 'node:worker_threads'
import type { FuzzKind, FuzzPlace } from './fuzz-input.ts'
import { fuzzInputs } from './fuzz-inputs.ts'
import { send } from './send-fuzz.ts'

export interface FuzzTask {
  readonly kind: FuzzKind
  readonly seed: number
  /** Index of the first input. */
  readonly first: number
  readonly sessions: number
  readonly seconds: number
  readonly atOnce: number
  readonly place: FuzzPlace
}

/** What the worker tells, several times a second and once at the end. */
export interface FuzzProgress {
  readonly done: number
  /** Connections that the server kept open after the client had left. */
  readonly lingering: number
  /** Sessions that were let in. */
  readonly letIn: number
  readonly bytes: number
  readonly bad: { readonly index: number; readonly what: string }[]
  /** Set when no connection came about any more: the inputs that were sent last. */
  readonly unreachable: number[] | null
  readonly ended: boolean
}

const TELL_MS = 200
const RECENT = 64
/** Findings of which no more are kept; they would all say the same. */
const MOST_BAD = 100
const RST_EVERY = 7

const { kind, seed, first, sessions, seconds, atOnce, place } = workerData as FuzzTask
const input = fuzzInputs[kind]
const endAt = performance.now() + seconds * 1000
const recent: number[] = []
const state = { done: 0, lingering: 0, letIn: 0, bytes: 0, next: first }
const bad: FuzzProgress['bad'] = []
let unreachable: number[] | null = null

function tell(ended: boolean): void {
  const { done, lingering, letIn, bytes } = state
  const message: FuzzProgress = { done, lingering, letIn, bytes, bad, unreachable, ended }
  parentPort?.postMessage(message)
}

async function lane(): Promise<void> {
  while (state.next < first + sessions && performance.now() < endAt && unreachable === null) {
    const index = state.next++
    const sent = input.build(seed, index, place)
    recent.push(index)
    if (recent.length > RECENT) recent.shift()
    const goodbye = index % RST_EVERY === 0 ? 'rst' : 'fin'
    const { outcome, letIn, what } = await send(input, place, sent, goodbye)
    if (outcome === 'unreachable') {
      unreachable ??= [...recent]
      return
    }
    state.done++
    state.bytes += sent.bytes.length
    if (outcome === 'lingering') state.lingering++
    if (letIn) state.letIn++
    if (what !== null && bad.length < MOST_BAD) bad.push({ index, what })
  }
}

const timer = setInterval(() => tell(false), TELL_MS)
await Promise.all(Array.from({ length: atOnce }, lane))
clearInterval(timer)
tell(true)
