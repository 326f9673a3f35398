import type { PublishDecision, Publisher } from '../../live/publication.ts'
import type { IngestLog } from '../ingest-log.ts'
import type { SrtCookies } from './cookie.ts'
import type { SrtLimits } from './limits.ts'
import type { Remote } from './remote.ts'
import type { SrtSeams } from './seams.ts'

/** What a listener needs from whoever owns its socket. */
export interface ListenerPort {
  /** ms, machine's monotonic clock */
  now(): number
  send(packet: Buffer, remote: Remote): void
  /** Asks the gate, and hands its decision to `answer`. */
  requestPublish(
    name: string,
    publisher: Publisher,
    answer: (decision: PublishDecision, now: number) => void,
  ): void
}

export interface ListenerOptions {
  readonly limits: SrtLimits
  readonly seams: SrtSeams
  readonly log: IngestLog
  readonly port: ListenerPort
  /** 10–79 characters; without one, encrypted callers are rejected. */
  readonly passphrase?: string | undefined
  /** For replays: whose cookies come back, and which socket ids are given. */
  readonly cookies?: Pick<SrtCookies, 'make' | 'check'>
  readonly newSocketId?: () => number
}
