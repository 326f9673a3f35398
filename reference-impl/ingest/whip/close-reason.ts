import type { EndReason } from '../../live/publication.ts'

/** Why a WHIP session ended: one of these, once. */
export type WhipCloseReason =
  | 'unpublished' // DELETE
  | 'disconnected' // the peer closed the connection and sent no DELETE
  | 'connect-timeout' // ICE or DTLS was not finished in time
  | 'handshake-failed' // DTLS: no agreement, or a certificate that the offer does not name
  | 'consent-expired' // the peer vanished
  | 'silent' // connected, but no media
  | 'protocol-error'
  | 'replaced' // another publisher took over
  | 'stopped' // by the API
  | 'locked' // by the API
  | 'deleted' // by the API
  | 'dropped' // cut on request
  | 'shutdown'
  | 'internal-error' // a bug of ours; the log has its stack

/** What the publication hears when its session ends for `reason`. */
export function endReasonOf(reason: WhipCloseReason): EndReason {
  switch (reason) {
    case 'connect-timeout':
    case 'consent-expired':
      return 'disconnected'
    case 'handshake-failed':
    case 'internal-error':
      return 'protocol-error'
    default:
      return reason
  }
}

/** The session's reason when the publication was ended by somebody else. */
export function revokedReason(reason: EndReason): WhipCloseReason {
  return reason === 'unpublished' || reason === 'disconnected' ? 'stopped' : reason
}
