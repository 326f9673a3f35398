import type { EndReason } from '../../live/publication.ts'

/** Why an RTMP session ended: one of these, once. */
export type RtmpCloseReason =
  | 'unpublished' // the encoder unpublished and left
  | 'disconnected' // FIN without a word
  | 'reset' // RST, or another failure of the connection
  | 'handshake-timeout'
  | 'publish-timeout' // connected, but nothing was published in time
  | 'silent' // a publisher without media
  | 'refused' // the publish was refused
  | 'protocol-error'
  | 'slow-reader' // the peer does not read our answers
  | 'stream-ended' // what was played is over
  | 'replaced' // another publisher took over
  | 'stopped' // by the API
  | 'locked' // by the API
  | 'deleted' // by the API
  | 'dropped' // cut on request
  | 'shutdown'
  | 'internal-error' // a bug of ours; the log has its stack

/** What the publication hears when its session ends for `reason`. */
export function endReasonOf(reason: RtmpCloseReason): EndReason {
  switch (reason) {
    case 'unpublished':
    case 'silent':
    case 'replaced':
    case 'stopped':
    case 'locked':
    case 'deleted':
    case 'dropped':
    case 'shutdown':
    case 'protocol-error':
      return reason
    case 'internal-error':
    case 'slow-reader':
      return 'protocol-error'
    default:
      return 'disconnected'
  }
}

/** Why the session ends when somebody else ended its publication. */
export function closeReasonOf(reason: EndReason): RtmpCloseReason {
  switch (reason) {
    case 'replaced':
    case 'stopped':
    case 'locked':
    case 'deleted':
    case 'dropped':
    case 'shutdown':
    case 'silent':
      return reason
    default:
      return 'stopped'
  }
}
