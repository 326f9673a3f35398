/** H5Live delivery's numbers; times in ms, sizes in bytes. */
export interface DeliveryLimits {
  /** Viewers over WebSocket and HTTP together. */
  readonly maxViewers: number
  /** Bytes queued for one viewer, beyond its opening group. */
  readonly maxQueuedBytes: number
  /** A queue that makes no progress for so long ends its viewer. */
  readonly stallMs: number
  /** A live stream without media is given up after so long. */
  readonly mediaWaitMs: number
  readonly pingIntervalMs: number
  /** A viewer from which nothing, not even a pong, came for so long is disconnected. */
  readonly idleMs: number
  /** How long a viewer may take to answer a close frame. */
  readonly closeTimeoutMs: number
  /** How long a request head may take. */
  readonly requestHeadMs: number
  /** Messages, pings and pongs that a viewer may send within `pingIntervalMs`. */
  readonly maxIncoming: number
}

export const defaultDeliveryLimits: DeliveryLimits = {
  maxViewers: 5000,
  maxQueuedBytes: 2 * 1024 * 1024,
  stallMs: 10_000,
  mediaWaitMs: 20_000,
  pingIntervalMs: 10_000,
  idleMs: 30_000,
  closeTimeoutMs: 2000,
  requestHeadMs: 5000,
  maxIncoming: 64,
}

/** A viewer has nothing to say: the largest message that it may send. */
export const MAX_INCOMING_BYTES = 1024
export const MAX_INCOMING_FRAGMENTS = 16
export const MAX_REQUEST_HEAD_BYTES = 8192
export const MAX_PARAMETER_LENGTH = 512
/** Connections beyond the viewers: refusals on their way out, pages, keep-alive. */
export const SPARE_CONNECTIONS = 256
/** Metadata above this is not passed on. */
export const MAX_METADATA_BYTES = 64 * 1024
/** How often deadlines are looked at. */
export const SWEEP_MS = 1000
