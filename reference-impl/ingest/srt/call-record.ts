import { randomUUID } from 'node:crypto'
import { srtVersionText } from '../../wire/srt-extensions.ts'
import type { SrtHandshake } from '../../wire/srt-handshake.ts'
import type { IngestLog } from '../ingest-log.ts'
import { IngestRecorder } from '../recorder.ts'
import type { SrtCall } from './call-facts.ts'
import type { InductionFacts } from './cookie.ts'
import { MAX_RECORDED_TEXT } from './limits.ts'
import type { SrtStreamId } from './stream-id.ts'

export interface RecordedCall {
  readonly handshake: SrtHandshake
  readonly call: SrtCall
  readonly streamId: SrtStreamId
  readonly induction: InductionFacts | null
  /** `host:port` */
  readonly remote: string
  /** ms, that are agreed on if the call is taken */
  readonly latencyMs: number
  readonly maxStreamIdBytes: number
}

/** Begins the record of a call with what its handshake says. */
export function recordCall(log: IngestLog, called: RecordedCall, now: number): IngestRecorder {
  const { handshake, call, streamId, induction, remote, latencyMs, maxStreamIdBytes } = called
  const session = `srt-${randomUUID()}`
  const recorder = new IngestRecorder(log, { session, protocol: 'srt', remote, now })
  recorder.stream(streamId.name)
  const { capabilities } = call
  recorder.event(now, 'srt-handshake', {
    inductionVersion: induction?.version ?? 0,
    inductionCookieZero: induction?.cookieZero ?? false,
    version: handshake.version,
    requested: capabilities !== null,
    srtVersion: srtVersionText(capabilities?.version ?? 0),
    flags: capabilities?.flags ?? 0,
    streamId: call.streamId.slice(0, maxStreamIdBytes),
    streamIdBytes: call.streamIdBytes,
    streamIdForm: streamId.form,
    record: streamId.record,
    callerLatencyMs: capabilities?.senderLatency ?? 0,
    latencyMs,
    mtu: handshake.mtu,
    flowWindow: handshake.flowWindow,
    keyBytes: call.keyMaterial === null ? 0 : (call.keyMaterial[15] ?? 0) * 4,
    congestion: call.congestion.slice(0, MAX_RECORDED_TEXT),
    filter: call.filter.slice(0, MAX_RECORDED_TEXT),
  })
  return recorder
}
