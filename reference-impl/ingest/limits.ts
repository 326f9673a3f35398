/** What the records of all sessions may hold together. */
export interface IngestLogLimits {
  /** Sessions whose records are kept. */
  readonly maxRecords: number
  /** Frames of all records together; one costs about 40 bytes. */
  readonly maxFrames: number
  /** Bytes of the events of all records together, as JSON. */
  readonly maxEventBytes: number
}

export const DEFAULT_LOG_LIMITS: IngestLogLimits = {
  maxRecords: 256,
  maxFrames: 800_000,
  maxEventBytes: 16 * 1024 * 1024,
}

/** Events of one record. */
export const MAX_RECORD_EVENTS = 5_000
/** Frames of one record. */
export const MAX_RECORD_FRAMES = 120_000
/** Tracks of one record: each change of a track's settings begins another. */
export const MAX_RECORD_TRACKS = 200
/** Bytes of one event as JSON; of a longer one only the type is kept. */
export const MAX_EVENT_BYTES = 16 * 1024
/** Bytes of one record's events as JSON. */
export const MAX_RECORD_EVENT_BYTES = 512 * 1024
/** Characters that are kept of what an encoder says about itself in its pictures. */
export const MAX_ENCODER_TEXT = 1_000
