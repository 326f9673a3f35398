import { setTimeout as delay } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { TargetError } from '../errors.ts'
import { nowMs } from '../measure/clock.ts'
import { readProcessStat } from '../measure/process-stat.ts'
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
/** Memory is compared with what it was after this part of the run, */
const WARM_UP = 0.25
/** and not before the bounded memories are full, if the run is long enough for that. */
const FILLED_MS = 15_000
const SETTLE_MS = 3_000
const SETTLE_STEP_MS = 250
const MB = 2 ** 20

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
    const run = await sessionsOf(options, place)
    const seconds = (nowMs() - startedAt) / 1000
    const endMb = await settledMb(target, run.startMb ?? 0, seconds)
    figures = await healthy.stop()
    const pid = target.reference?.pid
    const suspect = run.last.unreachable !== null
    const alive = pid === undefined ? null : await isAlive(pid, suspect)
    const rss = run.startMb === null || endMb === null ? null : { startMb: run.startMb, endMb }
    const { done, bytes, lingering, letIn } = run.last
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
      rss,
      healthy: figures,
      findings: [
        ...crashFinding(run.last, alive),
        ...run.last.bad.map(({ what, index }) => ({ what, indexes: [index] })),
        ...coverageFinding(done, letIn),
        ...memoryFinding(rss, seconds),
        ...healthyFinding(figures),
      ],
    }
  } finally {
    if (!figures) await healthy.stop()
    await Promise.allSettled([...streams, own].map((it) => it && client.deleteStream(it.id)))
  }
}

async function sessionsOf(
  options: PartOptions,
  place: FuzzPlace,
): Promise<{ last: FuzzProgress; startMb: number | null }> {
  const { kind, seed, sessions, seconds, target } = options
  const task: FuzzTask = { kind, seed, sessions, seconds, atOnce: AT_ONCE, place }
  const worker = new Worker(new URL('./fuzz-worker.ts', import.meta.url), { workerData: task })
  const startedAt = nowMs()
  let startMb: number | null = null
  try {
    const last = await new Promise<FuzzProgress>((resolve, reject) => {
      worker.on('error', reject)
      worker.on('message', (progress: FuzzProgress) => {
        options.onProgress({ kind, done: progress.done })
        const elapsed = nowMs() - startedAt
        const part = progress.done >= sessions * WARM_UP || elapsed >= seconds * 1000 * WARM_UP
        const long = Number.isFinite(seconds) && seconds * 1000 > FILLED_MS
        const warm = part && (!long || elapsed >= FILLED_MS)
        if (warm && startMb === null) {
          void rssMb(target).then((mb) => {
            startMb ??= mb
          })
        }
        if (progress.ended) resolve(progress)
      })
      worker.on('exit', () => reject(new Error('the fuzzing thread ended early')))
    })
    return { last, startMb }
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

async function rssMb(target: Target): Promise<number | null> {
  const stat = target.reference ? await readProcessStat(target.reference.pid) : null
  return stat && stat.rssBytes / MB
}

/** The smallest of what it is in the moments after the run, when garbage may still go. */
async function settledMb(target: Target, startMb: number, seconds: number): Promise<number | null> {
  let least = await rssMb(target)
  for (let waited = 0; waited < SETTLE_MS; waited += SETTLE_STEP_MS) {
    if (least === null || memoryFinding({ startMb, endMb: least }, seconds).length === 0) break
    await delay(SETTLE_STEP_MS)
    least = Math.min(least, (await rssMb(target)) ?? least)
  }
  return least
}
