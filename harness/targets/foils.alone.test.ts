import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { probedRules } from '../conformance/registry.ts'
import { readCorpus } from '../conformance/rtmp-server/malformed/corpus.ts'
import { probeSurvival } from '../conformance/rtmp-server/survives.ts'
import type { Finding, Outcome, Verdict } from '../conformance/rule.ts'
import { judge } from '../scenario/judge.ts'
import { Workbench } from '../scenario/workbench.ts'
import { nginxRtmp } from './peers/nginx-rtmp.ts'
import { nodeMediaServer } from './peers/node-media-server.ts'
import type { Peer } from './peers/peer.ts'
import { type PeerTarget, startPeer } from './peers/start-peer.ts'

/**
 * The suite against servers whose strengths and weaknesses are known: it must find the weaknesses,
 * and must not blame the strengths. That the reference holds every rule is what the scenarios and
 * `prove` show. CI brings both servers; where one is missing its part is skipped.
 */
type Outcomes = Readonly<Record<string, Outcome>>

const nginxOutcomes: Outcomes = {
  'rtmp.server.handshake': 'pass',
  'rtmp.server.connect-result': 'pass',
  // It closes without saying why.
  'rtmp.server.publish-decision': 'warn',
  'rtmp.server.unknown-key': 'pass',
  'rtmp.server.duplicate-publish': 'pass',
  'rtmp.server.takeover': 'pass',
  'rtmp.server.one-publisher': 'pass',
  'rtmp.server.chunking': 'fail',
  'rtmp.server.survives': 'pass',
  'rtmp.server.bounded': 'pass',
  // Past the handshake it lets sessions be idle.
  'rtmp.server.deadlines': 'warn',
  'rtmp.server.ack': 'pass',
}

/** What nginx-rtmp really reads otherwise than RTMP 1.0 says, and nothing else. */
const nginxMisreads: readonly RegExp[] = [
  /^chunk size (16777215|2147483647):/, // §5.4.1: legal; it stops at 10 MiB
  /^chunk size changed between the chunks of a message:/, // §5.4: control messages act at once
  /^Abort of a message that had begun:/, // §5.4.2
  // Wishes of ours, which only warn: §5.4.1 advises at least 128 bytes, §5.3.1.3 wants it repeated.
  /^chunk size (1|2|127):/,
  /^extended timestamps, not repeated in type-3 chunks:/,
]

const nodeMediaServerOutcomes: Outcomes = {
  'rtmp.server.handshake': 'pass',
  'rtmp.server.connect-result': 'pass',
  'rtmp.server.publish-decision': 'fail',
  'rtmp.server.unknown-key': 'fail',
  'rtmp.server.duplicate-publish': 'fail',
  'rtmp.server.takeover': 'fail',
  'rtmp.server.one-publisher': 'fail',
  'rtmp.server.chunking': 'fail',
  'rtmp.server.deadlines': 'fail',
  'rtmp.server.ack': 'warn',
  'rtmp.server.survives': 'fail',
  'rtmp.server.bounded': 'fail',
}

/** One malformed message of each kind is enough to end its process. */
const nodeMediaServerDiesOf = [
  'command/tcurl-no-url',
  'amf/number-cut',
  'command/publish-without-name',
  'amf/objects-20k-deep',
]

const families = { nginx: Object.keys(nginxOutcomes), nms: Object.keys(nodeMediaServerOutcomes) }
const ALONE_MS = 120_000

/** Judges rules one after the other, some of such rows at the same time. */
async function judgeOn(target: PeerTarget, rows: readonly (readonly string[])[]) {
  const verdicts = new Map<string, Verdict>()
  const row = async (ids: readonly string[]) => {
    for (const id of ids) {
      const bench = new Workbench(target, AbortSignal.timeout(ALONE_MS))
      const [verdict] = await judge([id], { bench, viewers: [] })
      await bench.close()
      if (verdict) verdicts.set(id, verdict)
    }
  }
  await Promise.all(rows.map(row))
  return verdicts
}

function outcomesOf(verdicts: ReadonlyMap<string, Verdict>): Outcomes {
  return Object.fromEntries([...verdicts].map(([id, { outcome }]) => [id, outcome]))
}

function notesOf(verdicts: ReadonlyMap<string, Verdict>, id: string): string[] {
  return verdicts.get(id)?.evidence.map(({ note }) => note) ?? []
}

function useTarget(peer: Peer): () => PeerTarget {
  let target: PeerTarget | undefined
  beforeAll(async () => {
    target = await startPeer(peer)
  })
  afterAll(() => target?.close())
  return () => target!
}

test('every rule about RTMP servers has an expected outcome on each of them', () => {
  const ids = probedRules.map(({ id }) => id).filter((id) => id.startsWith('rtmp.server.'))
  expect([families.nginx.toSorted(), families.nms.toSorted()]).toEqual([
    ids.toSorted(),
    ids.toSorted(),
  ])
})

const nginxMissing = nginxRtmp.missing()
describe.skipIf(nginxMissing)(`nginx-rtmp ${nginxMissing ?? ''}`, () => {
  const target = useTarget(nginxRtmp)

  test('is not blamed for what it does right', { timeout: ALONE_MS }, async () => {
    const slow = ['rtmp.server.survives', 'rtmp.server.deadlines', 'rtmp.server.chunking']
    const quick = families.nginx.filter((id) => !slow.includes(id))
    const verdicts = await judgeOn(target(), [...slow.map((id) => [id]), quick])
    expect(outcomesOf(verdicts)).toEqual(nginxOutcomes)
    const unknown = notesOf(verdicts, 'rtmp.server.chunking').filter(
      (note) => !nginxMisreads.some((known) => known.test(note)),
    )
    expect(unknown).toEqual([])
    expect(target().restarts()).toBe(0)
  })

  test('is asked for nothing that it does not offer', { timeout: ALONE_MS }, async () => {
    const others = probedRules.filter(({ id }) => !id.startsWith('rtmp.server.'))
    const verdicts = await judgeOn(
      target(),
      others.map(({ id }) => [id]),
    )
    const judged = [...verdicts.values()].filter(({ outcome }) => outcome !== 'skipped')
    expect(judged.map(({ rule, outcome }) => `${rule} ${outcome}`)).toEqual([
      'resilience.reset-in-handshake pass',
    ])
    expect([...verdicts.values()].filter(({ actual }) => actual === '')).toEqual([])
  })
})

const nmsMissing = nodeMediaServer.missing()
describe.skipIf(nmsMissing)(`node-media-server ${nmsMissing ?? ''}`, () => {
  const target = useTarget(nodeMediaServer)

  test('has its known defects found', { timeout: ALONE_MS }, async () => {
    const killers = ['rtmp.server.survives', 'rtmp.server.bounded']
    const slow = ['rtmp.server.deadlines', 'rtmp.server.chunking']
    const quick = families.nms.filter((id) => !slow.includes(id) && !killers.includes(id))
    // What ends the process must not end it under the others.
    const victim = await startPeer(nodeMediaServer)
    const [verdicts, killed] = await Promise.all([
      judgeOn(target(), [...slow.map((id) => [id]), quick]),
      judgeOn(victim, [killers]).finally(() => victim.close()),
    ])
    expect(outcomesOf(new Map([...verdicts, ...killed]))).toEqual(nodeMediaServerOutcomes)

    const intruders = notesOf(verdicts, 'rtmp.server.one-publisher')
    expect(intruders).toContainEqual(expect.stringMatching(/^an RTMP viewer: \d+ of its frames/))
    expect(intruders).toContainEqual(
      expect.stringMatching(/^a publisher that is being refused: \d+ of its frames/),
    )
    expect(verdicts.get('rtmp.server.publish-decision')?.actual).toMatch(
      'an unknown stream: was answered with status NetStream.Publish.Start',
    )
    const held = notesOf(verdicts, 'rtmp.server.deadlines')
    expect(held).toContainEqual(expect.stringMatching(/^half of C1: still connected/))
    expect(held).toContainEqual(expect.stringMatching(/^a chunk size of 0: neither served/))
  })

  test.for(nodeMediaServerDiesOf)('is found to die of %s', { timeout: 30_000 }, async (name) => {
    const input = readCorpus().filter((it) => it.name === name)
    expect(input).toHaveLength(1)
    const before = target().restarts()
    const bench = new Workbench(target(), AbortSignal.timeout(25_000))
    const finding: Finding = await probeSurvival(bench, input)
    await bench.close()
    expect(finding).toMatchObject({ result: 'broken', actual: expect.stringContaining(name) })
    await expect.poll(() => target().restarts()).toBeGreaterThan(before)
  })
})
