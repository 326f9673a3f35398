/** ms to open the connection, TLS included. */
export const CONNECT_TIMEOUT_MS = 5_000
/** ms to each next step of handshake and opening. */
export const ANSWER_TIMEOUT_MS = 10_000
/** ms that a graceful stop may take before the connection is cut. */
export const STOP_TIMEOUT_MS = 2_000
/** Bytes that may wait in a connection before the encoder counts as congested. */
export const CONGESTED_BYTES = 256 * 1024
/** Bytes that a server may send within one connection; an encoder needs a few kB. */
export const MAX_SERVER_BYTES = 16 * 1024 * 1024
/** ms behind its schedule from which a send counts as late. */
export const LATE_MS = 20
