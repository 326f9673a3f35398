import { Worker } from 'node:worker_threads'
import { TargetError } from '../errors.ts'
import { nowMs } from '../measure/clock.ts'
import type { BintuClient } from '../targets/bintu-client.ts'
import type { Target, TargetStream } from '../targets/target.ts'
import type { FuzzKind, FuzzPlace } from './fuzz-input.ts'
import {
  coverageFinding,
  type FuzzFinding,
  type FuzzPart,
  healthyFinding,
  memoryFinding,
} from './fuzz-result.ts'
import type { FuzzProgress, FuzzTask } from './fuzz-worker.ts'
import { type HealthyFigures, HealthyStream } from './healthy-stream.ts'
import { isAlive } from './is-alive.ts'
import { readMemory } from './read-memory.ts'

export interface PartOptions {
  readonly target: Target
  readonly client: BintuClient
  readonly kind: FuzzKind
  readonly seed: number
  readonly sessions: number
  readonly seconds: number
  readonly onProgress: (progress: { kind: FuzzKind; done: number }) => void
}

/** Streams that the sessions share, so that one rarely finds its stream still taken. */
const STREAMS = 96
const AT_ONCE = 32
/** Memory is compared with what it was after this part of the sessions, or of the time. */
const WARM_UP = 0.25

/** Fuzzes one interface while a healthy stream runs beside it. */
export async function fuzzPart(options: PartOptions): Promise<FuzzPart> {
  const { target, client, kind, seed } = options
  const create = (count: number) =>
    Promise.all(Array.from({ length: count }, () => client.createStream()))
  const streams = await create(STREAMS)
  const [own] = await create(1)
  const healthy = await HealthyStream.start(own as TargetStream)
  const place = addressOf(kind, target, streams, own?.name)
  const startedAt = nowMs()
  let figures: HealthyFigures | undefined
  try {
    const { run, memory } = await measuredSessions(options, place)
    const seconds = (nowMs() - startedAt) / 1000
    figures = await healthy.stop()
    const pid = target.reference?.pid
    const suspect = run.unreachable !== null
    const alive = pid === undefined ? null : await isAlive(pid, suspect)
    const { done, bytes, lingering, letIn } = run
    return {
      kind,
      seed,
      sessions: done,
      seconds,
      perSecond: done / seconds,
      bytes,
      lingering,
      letIn,
      alive,
      memory,
      healthy: figures,
      findings: [
        ...crashFinding(run, alive),
        ...run.bad.map(({ what, index }) => ({ what, indexes: [index] })),
        ...coverageFinding(done, letIn),
        ...memoryFinding(memory),
        ...healthyFinding(figures),
      ],
    }
  } finally {
    if (!figures) await healthy.stop()
    await Promise.allSettled([...streams, own].map((it) => it && client.deleteStream(it.id)))
  }
}

/**
 * All sessions, with two looks at the target's memory: after some of them, and after all. No
 * session is open at either, so that the two can be compared.
 */
async function measuredSessions(
  options: PartOptions,
  place: FuzzPlace,
): Promise<{ run: FuzzProgress; memory: FuzzPart['memory'] }> {
  const { target, sessions, seconds } = options
  const share = Math.ceil(sessions * WARM_UP)
  const warmUp = await sessionsOf(options, place, {
    first: 0,
    sessions: share,
    seconds: seconds * WARM_UP,
  })
  if (warmUp.unreachable !== null) return { run: warmUp, memory: null }
  const start = await readMemory(target)
  const rest = await sessionsOf(options, place, {
    first: warmUp.done,
    sessions: sessions - warmUp.done,
    seconds: seconds * (1 - WARM_UP),
  })
  const end = rest.unreachable === null ? await readMemory(target) : null
  return {
    run: together(warmUp, rest),
    memory: start && end && { warmUp: warmUp.done, start, end },
  }
}

function together(a: FuzzProgress, b: FuzzProgress): FuzzProgress {
  return {
    done: a.done + b.done,
    lingering: a.lingering + b.lingering,
    letIn: a.letIn + b.letIn,
    bytes: a.bytes + b.bytes,
    bad: [...a.bad, ...b.bad],
    unreachable: b.unreachable,
    ended: b.ended,
  }
}

/** Those from the `first` index on, until so many are done or the seconds are over. */
async function sessionsOf(
  { kind, seed, onProgress }: PartOptions,
  place: FuzzPlace,
  range: Pick<FuzzTask, 'first' | 'sessions' | 'seconds'>,
): Promise<FuzzProgress> {
  const task: FuzzTask = { kind, seed, atOnce: AT_ONCE, place, ...range }
  const worker = new Worker(new URL('./fuzz-worker.ts', import.meta.url), { workerData: task })
  try {
    return await new Promise<FuzzProgress>((resolve, reject) => {
      worker.on('error', reject)
      worker.on('message', (progress: FuzzProgress) => {
        onProgress({ kind, done: range.first + progress.done })
        if (progress.ended) resolve(progress)
      })
      worker.on('exit', () => reject(new Error('the fuzzing thread ended early')))
    })
  } finally {
    await worker.terminate()
  }
}

/**
 * Where the sessions of one kind go, and what they ask for there.
 * @throws TargetError `LP_FUZZ_NO_ADDRESS`
 */
export function addressOf(
  kind: FuzzKind,
  target: Target,
  streams: readonly TargetStream[],
  live = '',
): FuzzPlace {
  const [first] = streams
  const address = {
    rtmp: first?.ingest.rtmp,
    srt: first?.ingest.srt,
    whip: first?.ingest.webrtc,
    api: target.api,
    h5live: first?.playout.h5live,
    hls: first?.playout.hls,
  }[kind]
  if (address === undefined) {
    throw new TargetError('LP_FUZZ_NO_ADDRESS', `the target tells no address for ${kind}`)
  }
  const url = new URL(address.replace(/^(rtmp|srt|ws)/, 'http'))
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || (kind === 'rtmp' ? 1935 : 80)),
    names: streams.map(({ name }) => name),
    live,
    ids: streams.map(({ id }) => id),
    apiKey: target.apiKey,
    play: first?.playout.rtmp.url ?? '',
    encrypted: encryptedOf(target),
  }
}

function encryptedOf({ reference }: Target): FuzzPlace['encrypted'] {
  if (reference === undefined) return null
  const { url, passphrase } = reference.srtEncrypted
  return { port: Number(new URL(url).port), passphrase }
}

function crashFinding({ unreachable }: FuzzProgress, alive: boolean | null): FuzzFinding[] {
  if (alive !== false && unreachable === null) return []
  const what = alive === false ? 'the process of the target ended' : 'no connection came about'
  return [{ what, indexes: unreachable ?? [] }]
}
