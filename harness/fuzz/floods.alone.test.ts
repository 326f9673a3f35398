import { afterAll, beforeAll, expect, test } from 'vitest'
import { MemoryWatch } from '../measure/memory-watch.ts'
import { readProcessStat } from '../measure/process-stat.ts'
import { BintuClient } from '../targets/bintu-client.ts'
import { type ReferenceTarget, startReferenceTarget } from '../targets/reference.ts'
import { readCorpus } from './corpora/corpora.ts'
import { healthyPost, WHIP_STREAM, whipRequest } from './corpora/whip-cases.ts'
import {
  checkOnce,
  type Flood,
  floodConclusions,
  floodInductions,
  floodRequests,
} from './floods.ts'
import { addressOf } from './fuzz-part.ts'
import { HealthyStream } from './healthy-stream.ts'

/** MB by which the reference may grow under a flood; its logs and buffers are smaller. */
const MOST_MB = 120
let target: ReferenceTarget
let client: BintuClient

beforeAll(async () => {
  target = await startReferenceTarget()
  client = new BintuClient({ api: target.api, apiKey: target.apiKey })
}, 30_000)
afterAll(() => target.close())

interface Outcome extends Flood {
  readonly lost: number
  readonly trouble: string | null
  readonly grownMb: number
  readonly cpuMs: number
}

/** What a flood does to the reference, and to a healthy stream that runs on beside it. */
async function under(flood: () => Promise<Flood>): Promise<Outcome> {
  const { pid = 0 } = target.reference ?? {}
  const healthy = await HealthyStream.start(await client.createStream())
  const memory = await MemoryWatch.start(pid)
  const before = await readProcessStat(pid)
  const result = await flood()
  const after = await readProcessStat(pid)
  const grownMb = (await memory?.stop()) ?? 0
  const { lost, trouble } = await healthy.stop()
  const cpuMs = (after?.cpuMs ?? 0) - (before?.cpuMs ?? 0)
  return { ...result, lost, trouble, grownMb, cpuMs }
}

async function doors(): Promise<Record<string, Record<string, number>>> {
  const answer = await fetch(`${target.reference?.observe}/doors`, {
    headers: { 'X-BINTU-APIKEY': target.apiKey },
  })
  return (await answer.json()) as Record<string, Record<string, number>>
}

test('sessions whose ICE or DTLS never ends disturb nobody', async () => {
  const streams = await Promise.all(Array.from({ length: 120 }, () => client.createStream()))
  const place = addressOf('whip', target, streams)
  const requests = streams.map(({ name }) =>
    Buffer.from(healthyPost().toString('latin1').replaceAll(WHIP_STREAM, name), 'latin1'),
  )
  const outcome = await under(() =>
    floodRequests(place, requests, (answer) => answer.startsWith('HTTP/1.1 201'), checkOnce),
  )
  expect(outcome).toMatchObject({ lost: 0, trouble: null, sent: 120, taken: 120 })
  expect(outcome.grownMb).toBeLessThan(MOST_MB)
}, 30_000)

test('inductions leave no trace', async () => {
  const place = addressOf('srt', target, [await client.createStream()])
  const outcome = await under(() => floodInductions(place, 30_000))
  expect(outcome).toMatchObject({ lost: 0, trouble: null })
  expect(outcome.taken).toBeGreaterThan(1_000)
  expect(outcome.grownMb).toBeLessThan(MOST_MB)
  const { srt } = await doors()
  // What the kernel had no room for is counted, not hidden.
  const unheard = process.platform === 'linux' ? expect.any(Number) : null
  expect(srt).toEqual({ sessions: 0, kernelDrops: unheard })
}, 30_000)

test('half-open and rejected callers who never give up are cheap', async () => {
  const streams = await Promise.all(Array.from({ length: 30 }, () => client.createStream()))
  const place = addressOf('srt', target, streams)
  const streamIds = [
    ...streams.map(({ name }) => `push:${name}`),
    ...Array.from({ length: 60 }, (_, i) => `push:NOONE-${10_000 + i}`),
  ]
  const outcome = await under(() => floodConclusions(place, { streamIds, everyMs: 10, ms: 3_000 }))
  expect(outcome).toMatchObject({ lost: 0, trouble: null })
  expect(outcome.sent).toBeGreaterThan(3_000)
  expect(outcome.grownMb).toBeLessThan(MOST_MB)
  // Some 50 µs each; half a millisecond would be a decision and a record for each.
  expect(outcome.cpuMs / outcome.sent).toBeLessThan(0.5)
}, 30_000)

test('oversized descriptions are refused before they cost anything', async () => {
  const place = addressOf('whip', target, [await client.createStream()])
  const headers = { 'Content-Type': 'application/sdp' }
  const bodies = [
    ...readCorpus('sdp').flatMap(({ name, bytes }) => (name.startsWith('large/') ? [bytes] : [])),
    Buffer.alloc(200_000, 'a=x\r\n'),
    Buffer.alloc(2_000_000, 'v=0\r\n'),
  ]
  const requests = Array.from({ length: 400 }, (_, i) =>
    whipRequest({ headers, body: bodies[i % bodies.length]?.toString('latin1') ?? '' }),
  )
  const outcome = await under(() =>
    floodRequests(place, requests, (answer) => answer.startsWith('HTTP/1.1 4')),
  )
  expect(outcome).toMatchObject({ lost: 0, trouble: null, sent: 400 })
  expect(outcome.taken).toBeGreaterThan(200)
  expect(outcome.grownMb).toBeLessThan(MOST_MB)
}, 30_000)

test('and all of those sessions end by themselves', async () => {
  const left = async () => {
    const { srt, whip } = await doors()
    return { srt: srt?.['sessions'], whip: whip?.['sessions'] }
  }
  await expect.poll(left, { timeout: 15_000 }).toEqual({ srt: 0, whip: 0 })
}, 20_000)
