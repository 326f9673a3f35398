/** Bytes of a form. */
export const MAX_FORM_BYTES = 16 * 1024
/** Characters of one field. */
export const MAX_FIELD_LENGTH = 512
/** Bytes of all headers of a request. */
export const MAX_HEADER_BYTES = 8 * 1024
/** Open connections. */
export const MAX_CONNECTIONS = 64
/** ms for the headers of a request, and for a whole one. */
export const HEADERS_TIMEOUT_MS = 5_000
export const REQUEST_TIMEOUT_MS = 10_000
/** Logged-in browsers; the one that was idle the longest goes first. */
export const MAX_SESSIONS = 32
/** ms without a request after which a login ends. */
export const SESSION_IDLE_MS = 30 * 60_000
/** Wrong passwords within `LOGIN_WINDOW_MS`, after which nobody may log in until it is over. */
export const MAX_FAILED_LOGINS = 20
export const LOGIN_WINDOW_MS = 60_000
/** ms without a frame after which a stream counts as interrupted. */
export const SILENT_MS = 1_500
