import type { EncoderEvidence, IngestRecord } from '../conformance/ingest-record.ts'
import { ingestSessions } from '../conformance/ingest-sessions.ts'
import { EnvironmentError } from '../errors.ts'
import { nowMs } from '../measure/clock.ts'
import type { Target } from '../targets/target.ts'
import type { DoorProtocol } from './door.ts'

/**
 * What came to the ingest so far, oldest first. Connections that never said a word, such as those
 * of a port scan, are left out.
 * @throws EnvironmentError `LP_OBSERVE_NONE` @throws TargetError `LP_OBSERVE`
 */
export async function observe(
  target: Target,
  protocol: DoorProtocol,
  signal: AbortSignal,
): Promise<EncoderEvidence> {
  const all = await ingestSessions(target, signal)
  if (all === null) {
    const text = `${target.name} keeps no ingest records: nothing of an encoder could be judged`
    throw new EnvironmentError('LP_OBSERVE_NONE', text)
  }
  const sessions = all.filter((record) => doorOf(record) === protocol && spoke(record))
  return { sessions, until: nowMs() }
}

/** RTMPS is RTMP behind a door of its own. */
function doorOf({ protocol }: IngestRecord): DoorProtocol {
  return protocol === 'rtmps' ? 'rtmp' : protocol
}

function spoke({ events, frames }: IngestRecord): boolean {
  return frames.at.length > 0 || events.some(({ type }) => !['eof', 'reset'].includes(type))
}
