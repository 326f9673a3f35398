/** TCP connections and UDP callers that one door serves at a time; further ones are turned away. */
export const MAX_CALLERS = 64
/** Bytes of the kernel's buffer of a door's UDP socket. */
export const UDP_BUFFER_BYTES = 4 * 2 ** 20
/** Datagrams that wait for a caller's socket to be ready. */
export const MAX_PENDING_DATAGRAMS = 256
/** Bytes of one way of a TCP connection that wait to be passed on, before the sender is paused. */
export const MAX_UNSENT_BYTES = 2 ** 20
/** Bytes of a capture; what comes later is passed on, but not kept. */
export const MAX_CAPTURE_BYTES = 64 * 2 ** 20
/** ms that closing a door may take. */
export const CLOSE_DEADLINE_MS = 2_000
/** ms between two looks at what ingest wrote down; more where a look costs more. */
export const LOOK_MS = 500
/** A look may take this share of the time at most. */
export const LOOK_SHARE = 0.1
/** s that an encoder may take to come at all. */
export const DEFAULT_WAIT_S = 300
/** s of validation after the first picture. */
export const DEFAULT_DURATION_S = 60
/** s that a person has to stop the encoder at the end, so that its goodbye can be judged. */
export const DEFAULT_STOP_WAIT_S = 15
/** ms that the sessions may take to be written to their end after everything was closed. */
export const SETTLE_MS = 1_500
/** Pages that may watch a validation at a time. */
export const MAX_PAGES = 32
/** Bytes that may wait for one page before it misses a state. */
export const MAX_PAGE_BACKLOG_BYTES = 2 ** 20
/** ms without a frame, after which an encoder over WHIP has stopped, and ms until that is certain. */
export const WHIP_STOPPED_MS = 2_000
export const WHIP_CONSENT_MS = 35_000
