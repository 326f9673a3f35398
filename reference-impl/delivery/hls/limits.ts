/** s that a part lasts at most, where frames allow: a third, with the rounding of RTMP to ms. */
export const PART_TARGET_S = 0.334
/** ms that a segment lasts at least; it ends at the next key frame after that. */
export const MIN_SEGMENT_MS = 900
/** ms after which a segment ends without a key frame, because none comes. */
export const MAX_SEGMENT_MS = 12_000
/** Bytes after which it does likewise. */
export const MAX_SEGMENT_BYTES = 16 * 1024 * 1024
/** s of the least target duration, for streams whose key frames are not known yet. */
export const MIN_TARGET_DURATION_S = 2
/** ms of the timeline that an encoder's stamp dates, for encoders that stamp key frames alone. */
export const STAMP_HOLDS_MS = MAX_SEGMENT_MS
/** Target durations that a playlist lists. */
export const LISTED_TARGETS = 9
/** Bytes of media that one stream keeps, listed and just removed. */
export const MAX_WINDOW_BYTES = 64 * 1024 * 1024
/** Segments that stay listed whatever their size: a player needs three (RFC 8216 §6.2.2). */
export const MIN_LISTED_SEGMENTS = 3
/** Target durations that a blocked request waits at most (RFC 8216bis §6.2.5.2). */
export const MAX_BLOCK_TARGETS = 3
/** ms that the first request for a stream waits for its first whole segment. */
export const FIRST_SEGMENT_MS = 12_000
/** ms that the request for a group's multivariant playlist waits for each other bitrate. */
export const OTHER_VARIANTS_MS = 3_000
/** Requests that wait at one time, over all streams. */
export const MAX_WAITING = 10_000
/** ms without a request, after which a live stream is no longer cut for HLS. */
export const IDLE_MS = 60_000
/** ms that the playlist and the media of a stream stay after its end. */
export const KEEP_ENDED_MS = 60_000
/** ms without progress of an answer, after which its connection is closed. */
export const ANSWER_IDLE_MS = 15_000
/** s that caches may keep a playlist. */
export const PLAYLIST_MAX_AGE_S = 1
/** s that caches may keep segments, parts and maps: their names are never used again. */
export const MEDIA_MAX_AGE_S = 86_400
/** Connections over TLS. */
export const MAX_SECURE_CONNECTIONS = 5000
/** Requests that one HTTP/2 connection may have open. */
export const MAX_STREAMS_OF_CONNECTION = 32
/** ms without traffic, after which an HTTP/2 connection is closed; longer than any blocked request. */
export const SECURE_IDLE_MS = 60_000
/** ms between two looks at idle and ended streams. */
export const SWEEP_MS = 1000

/** The limits that can be set per server; ms and bytes. */
export interface HlsLimits {
  readonly partTargetS: number
  readonly maxSegmentMs: number
  readonly maxSegmentBytes: number
  readonly maxWindowBytes: number
  readonly firstSegmentMs: number
  readonly otherVariantsMs: number
  readonly maxWaiting: number
  readonly idleMs: number
  readonly keepEndedMs: number
  readonly answerIdleMs: number
}

export const defaultHlsLimits: HlsLimits = {
  partTargetS: PART_TARGET_S,
  maxSegmentMs: MAX_SEGMENT_MS,
  maxSegmentBytes: MAX_SEGMENT_BYTES,
  maxWindowBytes: MAX_WINDOW_BYTES,
  firstSegmentMs: FIRST_SEGMENT_MS,
  otherVariantsMs: OTHER_VARIANTS_MS,
  maxWaiting: MAX_WAITING,
  idleMs: IDLE_MS,
  keepEndedMs: KEEP_ENDED_MS,
  answerIdleMs: ANSWER_IDLE_MS,
}
