/** Streams that are pushed on at one time. */
export const MAX_PUSHES = 100
/** ms that a name may take to be resolved. */
export const RESOLVE_MS = 5000
/** ms that a connection may take to come about, TLS included. */
export const CONNECT_MS = 5000
/** ms from the connection to the other server's consent. */
export const PUBLISH_MS = 10_000
/** ms before the first new attempt; doubled with each further one. */
export const FIRST_RETRY_MS = 1000
/** ms between two attempts at most. */
export const MAX_RETRY_MS = 30_000
/** ms of pushing, after which the next attempt counts as the first again. */
export const STEADY_MS = 30_000
/** ms that the last bytes of a push may take to reach the other server. */
export const LINGER_MS = 2000
/** Bytes of one message of the other server. */
export const MAX_MESSAGE_BYTES = 64 * 1024
/** Bytes that the other server may say in one connection: it has little to. */
export const MAX_RECEIVED_BYTES = 4 * 1024 * 1024
/** Characters of an error in the status. */
export const MAX_ERROR_LENGTH = 200
