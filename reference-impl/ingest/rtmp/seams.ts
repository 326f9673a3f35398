import type { WireError } from '../../errors.ts'
import type { Publication, PublishGate } from '../../live/publication.ts'
import type { ExtendedTimestampReader } from '../../wire/rtmp-chunk-reader.ts'
import type { RtmpMessage } from '../../wire/rtmp-messages.ts'
import type { RtmpLimits } from './limits.ts'

/** Where RTMP ingest faults are installed. */
export interface RtmpSeams {
  /** Limits and deadlines, before the server uses them. */
  limits(limits: RtmpLimits): RtmpLimits
  /** What the server asks whether a publish may begin. */
  gate(gate: PublishGate): PublishGate
  /** S2, before it is sent. */
  s2(packet: Buffer): Buffer
  extendedTimestamp: ExtendedTimestampReader
  /** What answers `connect`, before it is sent. */
  connectAnswer(messages: readonly RtmpMessage[]): readonly RtmpMessage[]
  /** Sent when `publish` arrives on message stream `streamId`, before the gate is asked. */
  beforeDecision(streamId: number): readonly RtmpMessage[]
  /** Acknowledgements and answers to pings, before they are sent; null sends nothing. */
  controlAnswer(message: RtmpMessage): RtmpMessage | null
  /** Where a session's media goes: `own` is its publication, null when it has none. */
  mediaTarget(own: Publication | null): Publication | null
  /** Bad input ended a session. */
  badInput(error: WireError): void
}

export function defaultRtmpSeams(): RtmpSeams {
  return {
    limits: (limits) => limits,
    gate: (gate) => gate,
    s2: (packet) => packet,
    extendedTimestamp: (value) => value,
    connectAnswer: (messages) => messages,
    beforeDecision: () => [],
    controlAnswer: (message) => message,
    mediaTarget: (own) => own,
    badInput: () => undefined,
  }
}
