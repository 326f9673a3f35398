/** Bytes of payload in a segment: an Ethernet packet less IP, TCP and its timestamps. */
export const MSS_BYTES = 1_448
/** Bytes of IP (20), TCP (20) and timestamps (12) in front of a segment, and all of an ACK. */
export const HEADER_BYTES = 52
/** Segments that may be sent before the first ACK (RFC 6928). */
export const INITIAL_WINDOW = 10
/** ms before the first measurement of the round trip (RFC 6298, 2.1). */
export const INITIAL_RTO_MS = 1_000
/** ms; Linux's TCP_RTO_MIN, below the second that RFC 6298 asks for. */
export const MIN_RTO_MS = 200
/** ms; Linux's TCP_RTO_MAX. */
export const MAX_RTO_MS = 120_000
/** Time-outs in a row after which a connection is given up (Linux's tcp_retries2). */
export const MAX_TIMEOUTS = 15
/** Attempts to open a connection before it is given up (Linux's tcp_syn_retries). */
export const MAX_SYN_TRIES = 7
/** ms that an ACK may wait for a second segment (Linux's TCP_DELACK_MIN). */
export const DELAYED_ACK_MS = 40
/** Segments after a hole that prove it is one (RFC 6675, DupThresh). */
export const DUP_THRESHOLD = 3
/** Bytes that the receiver takes before its application reads them. */
export const RECEIVE_WINDOW_BYTES = 4 * 2 ** 20
/** Bytes that are read ahead of what the window lets out; more wait in the sender's kernel. */
export const READ_AHEAD_BYTES = 64 * 2 ** 10
