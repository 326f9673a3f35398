import { setTimeout as delay } from 'node:timers/promises'
import type { EncoderEvidence } from '../conformance/ingest-record.ts'
import { ingestSessions } from '../conformance/ingest-sessions.ts'
import { listBadProfiles, loadBadProfile } from '../encoders/load-profile.ts'
import { EnvironmentError } from '../errors.ts'
import type { BintuStream } from '../targets/bintu-stream.ts'
import type { Workbench } from './workbench.ts'

/** s of publishing for a good profile: what the longest window of a rule needs, and a margin */
const GOOD_PROFILE_SECONDS = 17
/** Of the time to publish, how much passes before the connection is cut, where a profile says so. */
const DROP_AFTER = 0.2

/**
 * Publishes the way a profile file says: for how long, whether the target must refuse it, whether
 * the connection is cut once, which members of its group publish beside it. Then stops, and
 * returns what the target's ingest wrote down.
 * @throws EnvironmentError `LP_OBSERVE_NONE` where the target keeps no ingest records
 */
export async function publishAsWritten(
  bench: Workbench,
  profile: string,
): Promise<EncoderEvidence> {
  const bad = listBadProfiles().includes(profile) ? loadBadProfile(profile) : null
  const observeMs = (bad?.observeSeconds ?? GOOD_PROFILE_SECONDS) * 1000
  const members = [profile, ...(bad?.group ?? [])]
  const streams: BintuStream[] = []
  for (const _ of members) streams.push(await bench.createStream())

  const encoders = await Promise.all(
    members.map((member, index) =>
      bench.publish(streams[index]!, { profile: member }).catch((error: unknown) => {
        if (bad?.refused) return null
        throw error
      }),
    ),
  )
  if (bad?.drop) {
    await delay(observeMs * DROP_AFTER, undefined, { signal: bench.signal })
    encoders[0]?.drop()
    await delay(observeMs * (1 - DROP_AFTER), undefined, { signal: bench.signal })
  } else if (!bad?.refused) {
    await delay(observeMs, undefined, { signal: bench.signal })
  }
  await Promise.all(encoders.map((encoder) => encoder?.stop()))

  const all = await ingestSessions(bench.target, bench.signal)
  if (!all) throw new EnvironmentError('LP_OBSERVE_NONE', 'this target keeps no ingest records')
  // A bad key may well contain the name rather than equal it.
  return {
    sessions: all.filter(({ stream }) => streams.some(({ name }) => stream?.includes(name))),
  }
}
