import type { Stamp } from '../measure/stamp.ts'
import type { FragmentErrorCode } from './fragment-error.ts'
import type { InitFacts } from './init-reader.ts'

/**
 * What one viewer saw, in the order in which it came: facts, no verdicts. Bounded in size.
 * `at` is ms since `openedAt`, taken when the last byte of the thing had arrived.
 */
export interface ViewerRecord {
  readonly schema: 'liveproof/viewer-record@1'
  readonly kind: 'h5live' | 'progressive' | 'hls' | 'rtmp'
  readonly url: string
  /** ms of the machine's monotonic clock, just before connect. */
  readonly openedAt: number
  readonly stages: StartupStages
  readonly events: ViewerEvent[]
  /** The HTTP answer: of a progressive request, or of a refused WebSocket handshake. */
  http: HttpAnswer | null
  /** null while open */
  close: ViewerClose | null
  /** True once an event was dropped because the record was full, or recording was off. */
  truncated: boolean
}

/** ms since `openedAt`; null until reached. */
export interface StartupStages {
  connect: number | null
  open: number | null
  firstText: number | null
  init: number | null
  firstFragment: number | null
  firstKeyFrame: number | null
}

export interface HttpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
}

export interface ViewerClose {
  readonly at: number
  /** WebSocket close code; 1006 without a close frame. null for HTTP and before any handshake. */
  readonly code: number | null
  readonly reason: string
  /** `refused`: answered by HTTP instead of a WebSocket; `failed`: no connection, or it broke. */
  readonly by: 'server' | 'viewer' | 'refused' | 'failed'
  /** Close handshake done, or the HTTP body ended as HTTP says. */
  readonly clean: boolean
}

export type ViewerEvent = TextEvent | InitEvent | FragmentEvent | MalformedEvent

export interface TextEvent {
  readonly type: 'text'
  readonly at: number
  /** Cut at `MAX_TEXT_CHARS`. */
  readonly text: string
}

export interface InitEvent {
  readonly type: 'init'
  readonly at: number
  readonly init: InitFacts
  readonly bytes: Uint8Array
}

export interface FragmentEvent {
  readonly type: 'fragment'
  readonly at: number
  readonly sequence: number
  /** Bytes of moof and mdat. */
  readonly size: number
  readonly tracks: readonly RecordedTrack[]
  /** Only from the start of the recording, up to its `keepBytes`. */
  readonly bytes: Uint8Array | null
}

export interface MalformedEvent {
  readonly type: 'malformed'
  readonly at: number
  readonly code: FragmentErrorCode
  readonly message: string
  /** The first bytes of the message or chunk that could not be read, at most 64. */
  readonly bytes: Uint8Array
}

/** Times in ticks of the track. */
export interface RecordedTrack {
  readonly trackId: number
  readonly baseDecodeTime: number
  readonly samples: readonly RecordedSample[]
}

export interface RecordedSample {
  readonly dts: number
  readonly duration: number
  readonly compositionOffset: number
  readonly size: number
  /** Flagged as a sync sample. */
  readonly key: boolean
  /** Video: holds an IDR picture. */
  readonly idr: boolean
  readonly stamp: Stamp | null
}
