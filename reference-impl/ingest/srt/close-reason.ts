import type { EndReason } from '../../live/publication.ts'

/** Why an SRT session ended: one of these, once. */
export type SrtCloseReason =
  | 'unpublished' // the caller shut down
  | 'disconnected' // nothing came from the caller any more
  | 'silent' // a publisher without media
  | 'refused' // the call was rejected
  | 'replaced' // another publisher took over
  | 'stopped' // by the API
  | 'locked' // by the API
  | 'deleted' // by the API
  | 'dropped' // cut on request
  | 'protocol-error'
  | 'shutdown'
  | 'internal-error' // a bug of ours; the log has its stack

/** What the publication hears when its session ends for `reason`. */
export function endReasonOf(reason: SrtCloseReason): EndReason {
  switch (reason) {
    case 'refused':
      return 'disconnected'
    case 'internal-error':
      return 'protocol-error'
    default:
      return reason
  }
}

/** What a session closes for when its publication was revoked. */
export function closeReasonOf(reason: EndReason): SrtCloseReason {
  return reason === 'unpublished' || reason === 'protocol-error' || reason === 'disconnected'
    ? 'stopped'
    : reason
}
