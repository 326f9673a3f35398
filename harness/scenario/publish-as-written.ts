import { setTimeout as delay } from 'node:timers/promises'
import type { EncoderEvidence, IngestRecord } from '../conformance/ingest-record.ts'
import { ingestSessions } from '../conformance/ingest-sessions.ts'
import { listBadProfiles, loadBadProfile } from '../encoders/load-profile.ts'
import type { BadProfile, Protocol } from '../encoders/profile.ts'
import { EnvironmentError } from '../errors.ts'
import type { BintuStream } from '../targets/bintu-stream.ts'
import type { Workbench } from './workbench.ts'

/** What a profile file says about how to publish with it. */
export interface PublishPlan
  extends Pick<BadProfile, 'observeSeconds' | 'refused' | 'drop' | 'group'> {
  /** Instead of the first protocol of the profile. */
  readonly protocol?: Protocol
}

/** A good profile publishes for what the longest window of a rule needs, and a margin. */
const GOOD_PLAN: PublishPlan = { observeSeconds: 17, refused: false, drop: false, group: [] }

/** Of the time to publish, how much passes before the connection is cut, where a profile says so. */
const DROP_AFTER = 0.2

/** ms that the harness may send late; beyond that it disturbed what it wanted to measure. */
const MAX_LATENESS_MS = 200
/** Times that a disturbed measurement is made at most. */
const MAX_ATTEMPTS = 3

/**
 * Publishes the way a profile file says: for how long, whether the target must refuse it, whether
 * the connection is cut once, which members of its group publish beside it. Then stops, and
 * returns what the target's ingest wrote down. A measurement that the harness itself disturbed by
 * sending late is made again.
 * @throws EnvironmentError `LP_OBSERVE_NONE` where the target keeps no ingest records
 */
export async function publishAsWritten(
  bench: Workbench,
  profile: string,
  change: Partial<PublishPlan> = {},
): Promise<EncoderEvidence> {
  const written = listBadProfiles().includes(profile) ? loadBadProfile(profile) : GOOD_PLAN
  for (let attempt = 1; ; attempt++) {
    const { sessions, latenessMs } = await publishOnce(bench, profile, { ...written, ...change })
    if (latenessMs <= MAX_LATENESS_MS || attempt === MAX_ATTEMPTS) {
      bench.gathered.push({ sessions })
      return { sessions }
    }
  }
}

async function publishOnce(
  bench: Workbench,
  profile: string,
  { observeSeconds, refused, drop, group, protocol }: PublishPlan,
): Promise<{ sessions: IngestRecord[]; latenessMs: number }> {
  const observeMs = observeSeconds * 1000
  const members = [profile, ...group]
  const streams: BintuStream[] = []
  for (const _ of members) streams.push(await bench.createStream())

  const encoders = await Promise.all(
    members.map((member, index) =>
      bench
        .publish(streams[index]!, { profile: member, ...(protocol ? { protocol } : {}) })
        .catch((error: unknown) => {
          if (refused) return null
          throw error
        }),
    ),
  )
  if (drop) {
    await delay(observeMs * DROP_AFTER, undefined, { signal: bench.signal })
    encoders[0]?.drop()
    await delay(observeMs * (1 - DROP_AFTER), undefined, { signal: bench.signal })
  } else if (!refused) {
    await delay(observeMs, undefined, { signal: bench.signal })
  }
  await Promise.all(encoders.map((encoder) => encoder?.stop()))
  const latenessMs = Math.max(0, ...encoders.map((encoder) => encoder?.stats.maxLatenessMs ?? 0))
  const sessions: IngestRecord[] = []
  for (const { name } of streams) sessions.push(...(await sessionsOf(bench, name, refused)))
  return { sessions, latenessMs }
}

/** ms until the last kind of publisher that left without a word (WHIP) is noticed, and a margin */
const CONSENT_MS = 35_000
const POLL_MS = 250

/** The sessions of one stream, once they are over: how they ended is part of what is judged. */
async function sessionsOf(
  bench: Workbench,
  name: string,
  refused: boolean,
): Promise<IngestRecord[]> {
  const until = performance.now() + CONSENT_MS
  for (;;) {
    // A refused key may well contain the name rather than equal it.
    const found = await ingestSessions(bench.target, bench.signal, refused ? undefined : name)
    if (!found) throw new EnvironmentError('LP_OBSERVE_NONE', 'this target keeps no ingest records')
    const sessions = found.filter(({ stream }) => stream?.includes(name))
    const open = sessions.some(({ closedAt }) => closedAt === null)
    if (!open || performance.now() > until) return sessions
    await delay(POLL_MS, undefined, { signal: bench.signal })
  }
}
