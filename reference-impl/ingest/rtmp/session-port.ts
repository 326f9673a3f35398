import type { Playout } from '../../delivery/rtmp/playout.ts'
import type { PublishDecision, Publisher } from '../../live/publication.ts'
import type { IngestLog } from '../ingest-log.ts'
import type { RtmpCloseReason } from './close-reason.ts'
import type { RtmpLimits } from './limits.ts'
import type { RtmpSeams } from './seams.ts'

/** What a session needs from whoever owns its socket. */
export interface SessionPort {
  /** ms, machine's monotonic clock; for what happens between two calls of the session. */
  now(): number
  send(bytes: Buffer): void
  /** Bytes that the peer has not taken yet. */
  queuedBytes(): number
  /** Bytes that the peer has taken so far. */
  sentBytes(): number
  /** Asks the gate, and hands its decision to `answer`. */
  requestPublish(
    name: string,
    publisher: Publisher,
    answer: (decision: PublishDecision, now: number) => void,
  ): void
  /** The session is over: deliver what was sent, then close. Called once. */
  close(reason: RtmpCloseReason): void
}

export interface SessionOptions {
  readonly protocol: 'rtmp' | 'rtmps'
  /** `host:port` */
  readonly remote: string
  readonly limits: RtmpLimits
  readonly seams: RtmpSeams
  readonly log: IngestLog
  readonly port: SessionPort
  /** Where streams are played from; without it `play` is refused. */
  readonly playout?: Playout | undefined
}
