/** Bytes that all viewers of a thread read into, one after the other. */
export const READ_BUFFER_BYTES = 256 * 1024
/** Bytes of one WebSocket message, box or HTTP body; no sane stream comes near. */
export const MAX_UNIT_BYTES = 64 * 2 ** 20
/** Bytes of `moov` and of `moof` that are kept when a read cuts them. */
export const MAX_HEADER_BOX_BYTES = 64 * 1024
/** Video samples of one fragment. */
export const MAX_FRAGMENT_SAMPLES = 1024
/** Bytes at the start of an access unit in which its stamp is looked for. */
export const STAMP_WINDOW_BYTES = 192
/** Bytes of an HTTP answer's head. */
export const MAX_HEAD_BYTES = 16 * 1024
/** Bytes of a text message or a ping that are kept. */
export const MAX_CONTROL_BYTES = 125
/** Bytes of one playlist. */
export const MAX_SWARM_PLAYLIST_BYTES = 256 * 1024
/** ms from the connect to the first key frame, after which a viewer counts as failed. */
export const START_DEADLINE_MS = 15_000
/** ms without a byte after which a viewer is given up. */
export const SILENCE_MS = 30_000
/** ms between two looks at schedules and deadlines. */
export const TICK_MS = 5
/** ms that closing may take until sockets are cut. */
export const CLOSE_MS = 2_000
/** Frame numbers further apart than this are another numbering, not a loss. */
export const MAX_GAP_FRAMES = 100_000
/** ms before a request that failed is made again. */
export const RETRY_MS = 300
/** ms after which a viewer that lost its server asks for another, and by which later times are later. */
export const FIRST_RETURN_MS = 2_000
export const RETURN_STEP_MS = 800
/** Times that it asks: with those above, the vendor's player's own defaults. */
export const MAX_RETURNS = 10
/** Answers in a row that failed, after which an HLS viewer gives up. */
export const MAX_HLS_RETRIES = 5
/** ms between two looks at the deadlines of all viewers. */
export const SWEEP_MS = 50
/** Samples without which a viewer's own p99 says nothing. */
export const LEAST_SAMPLES = 60
/** ms that a thread may take to tell what it saw. */
export const TAKE_DEADLINE_MS = 20_000
/** ms between two looks at what the threads saw. */
export const LOOK_MS = 1_000
