/** ms that a viewer waits for the other bitrate that it asked for; the vendor's player waits as long. */
export const SWITCH_TIMEOUT_MS = 20_000
/** ms that a viewer's stream stands still where another bitrate lags behind it. */
export const SWITCH_HOLD_MS = 1_500
/** Viewers over WebSocket and HTTP together. */
export const MAX_VIEWERS = 5000
/** Bytes queued for one viewer, beyond its opening group; over it fragments are dropped. */
export const MAX_QUEUED_BYTES = 2 * 1024 * 1024
/** ms without progress of a viewer's queue, after which the viewer is closed. */
export const STALL_MS = 10_000
/** ms that a viewer of a live stream waits for the first media. */
export const MEDIA_WAIT_MS = 20_000
/** ms between two pings to a viewer. */
export const PING_INTERVAL_MS = 10_000
/** ms without a sign of life, not even a pong, after which a viewer is disconnected. */
export const IDLE_MS = 30_000
/** ms that a viewer may take to answer a close frame. */
export const CLOSE_TIMEOUT_MS = 2000
/** ms that a request head may take, and that an idle connection is kept. */
export const REQUEST_HEAD_MS = 5000
/** Messages, pings and pongs that a viewer may send between two pings to it. */
export const MAX_INCOMING_MESSAGES = 64
/** Bytes of the largest message that a viewer may send: it has nothing to say. */
export const MAX_INCOMING_BYTES = 1024
/** Frames that such a message may be cut into. */
export const MAX_INCOMING_FRAGMENTS = 16
/** Bytes of a request head. */
export const MAX_REQUEST_HEAD_BYTES = 8192
/** Characters of a query parameter. */
export const MAX_PARAMETER_LENGTH = 512
/** Connections beyond the viewers: refusals on their way out, pages, keep-alive. */
export const SPARE_CONNECTIONS = 256
/** Bytes of a metadata message; larger ones are not passed on. */
export const MAX_METADATA_BYTES = 64 * 1024
/** ms between two looks at the deadlines. */
export const SWEEP_MS = 1000

/** The limits that can be set per server; times in ms, sizes in bytes. */
export interface DeliveryLimits {
  readonly maxViewers: number
  readonly maxQueuedBytes: number
  readonly stallMs: number
  readonly mediaWaitMs: number
  readonly pingIntervalMs: number
  readonly idleMs: number
  readonly closeTimeoutMs: number
  readonly requestHeadMs: number
  readonly maxIncoming: number
}

export const defaultDeliveryLimits: DeliveryLimits = {
  maxViewers: MAX_VIEWERS,
  maxQueuedBytes: MAX_QUEUED_BYTES,
  stallMs: STALL_MS,
  mediaWaitMs: MEDIA_WAIT_MS,
  pingIntervalMs: PING_INTERVAL_MS,
  idleMs: IDLE_MS,
  closeTimeoutMs: CLOSE_TIMEOUT_MS,
  requestHeadMs: REQUEST_HEAD_MS,
  maxIncoming: MAX_INCOMING_MESSAGES,
}
