export type PlayerState =
  | 'connecting'
  | 'loading'
  | 'playing'
  | 'buffering'
  | 'paused'
  | 'reconnecting'
  | 'ended'
  | 'error'

/** Stages of the start in ms since the first connection attempt; null until reached. */
export interface Startup {
  connected: number | null
  serverInfo: number | null
  streamInfo: number | null
  firstFragment: number | null
  firstFrame: number | null
  playing: number | null
}

export interface PlayerError {
  /** ms of `performance.now()` */
  readonly at: number
  /** Vendor's player code. */
  readonly code: number
  readonly message: string
}

export interface PlayerStats {
  readonly state: PlayerState
  /** s of media ahead of the playhead: what is left of latency once it is here */
  readonly buffer: number
  /** s that latency control aims for */
  readonly bufferGoal: number
  readonly playbackRate: number
  readonly currentTime: number
  /** bit/s over the last second */
  readonly bitrate: number
  /** Frames presented over the last second. */
  readonly frameRate: number
  /** Frames presented, seen by the frame callback. */
  readonly presented: number
  readonly dropped: number
  readonly corrupted: number
  readonly stalls: number
  /** ms */
  readonly stalledFor: number
  readonly discontinuities: number
  readonly reconnects: number
  readonly fragments: number
  readonly bytes: number
  readonly startup: Startup
  /** Index of the bitrate that is shown. */
  readonly entry: number
  readonly switches: readonly SwitchRecord[]
}

/** One change to another bitrate; the vendor's onSwitchStream events tell the same. */
export interface SwitchRecord {
  readonly type: 'up' | 'down' | 'direct'
  readonly from: number
  readonly to: number
  /** ms of `performance.now()` */
  readonly askedAt: number
  doneAt: number | null
  /** Vendor's code: 4005, 4006 */
  code: number | null
}

export function emptyStartup(): Startup {
  return {
    connected: null,
    serverInfo: null,
    streamInfo: null,
    firstFragment: null,
    firstFrame: null,
    playing: null,
  }
}
