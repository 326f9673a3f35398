import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { IngestRecord } from '../conformance/ingest-record.ts'
import { loadProfile } from '../encoders/load-profile.ts'
import { startEncoder } from '../encoders/start-encoder.ts'
import { nowMs } from '../measure/clock.ts'
import { BintuClient } from '../targets/bintu-client.ts'
import { type ReferenceTarget, startReferenceTarget } from '../targets/reference.ts'
import { observe } from './observe.ts'
import type { ProvocationKind } from './provocation-plan.ts'
import { Provoker } from './provoke.ts'
import { reactionsTo } from './reactions.ts'

const DEADLINE_MS = 30_000
let target: ReferenceTarget
beforeAll(async () => {
  target = await startReferenceTarget()
}, DEADLINE_MS)
afterAll(() => target?.close())

/** An encoder that comes back at once, and again when it is refused. */
const eager = () => {
  const profile = loadProfile('obs-29')
  const reconnect = { firstDelayMs: 300, factor: 1, maxDelayMs: 300, maxRetries: 50 }
  return {
    ...profile,
    behaviour: { ...profile.behaviour, reconnect: { ...reconnect, afterRefusal: true } },
  }
}

async function sessionsUntil(
  protocol: 'rtmp' | 'srt',
  stream: string,
  enough: (sessions: readonly IngestRecord[]) => boolean,
) {
  const signal = AbortSignal.timeout(DEADLINE_MS)
  for (;;) {
    const evidence = await observe(target, protocol, signal)
    const sessions = evidence.sessions.filter((record) => record.stream === stream)
    if (enough(sessions)) return { sessions, until: nowMs() }
    await delay(100, undefined, { signal })
  }
}

const CASES = [
  { what: 'drop', protocol: 'rtmp', reasons: ['dropped', null] },
  { what: 'replace', protocol: 'rtmp', reasons: ['replaced', 'refused', null] },
  { what: 'refuse', protocol: 'srt', reasons: ['dropped', 'refused', null] },
] as const satisfies { what: ProvocationKind; protocol: string; reasons: unknown[] }[]

it.concurrent.each(CASES)(
  'An encoder over $protocol meets: $what, at a moment that is known',
  async ({ what, protocol, reasons }) => {
    const client = new BintuClient({ api: target.api, apiKey: target.apiKey })
    const { name, ingest } = await client.createStream()
    const url = protocol === 'rtmp' ? ingest.rtmp : ingest.srt!
    const encoder = await startEncoder({ profile: eager(), to: { url, streamName: name } })
    const provoker = new Provoker(target, name, [{ what, at: 0, forMs: 6_000 }])
    try {
      const signal = AbortSignal.timeout(DEADLINE_MS)
      while (provoker.left.length > 0) {
        const evidence = await observe(target, protocol, signal)
        const own = evidence.sessions.filter((record) => record.stream === name)
        await provoker.look({ sessions: own }, 0, nowMs(), signal)
        await delay(100, undefined, { signal })
      }
      const back = (one: IngestRecord | undefined) =>
        one !== undefined && one.closedAt === null && one.frames.at.length > 0
      const evidence = await sessionsUntil(
        protocol,
        name,
        (sessions) => sessions.length > 1 && back(sessions.at(-1)),
      )
      const seen = evidence.sessions.map(({ closeReason }) => closeReason)
      expect(seen.filter((reason, i) => reason !== seen[i - 1])).toEqual(reasons)
      const [reaction] = reactionsTo(evidence, provoker.done).filter((one) => one.what === what)
      expect(reaction?.reaction).toMatch(/published again after \d\.\d\d s$/)
      expect(evidence.sessions[0]!.closedAt!).toBeGreaterThanOrEqual(reaction!.at! - 1_000)
    } finally {
      await encoder.stop()
    }
  },
  DEADLINE_MS,
)
