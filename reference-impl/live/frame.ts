/** Ticks per second of every time in a frame. */
export const TICKS_PER_SECOND = 90_000

/**
 * The one unit that flows behind ingest. Sessions turn their protocol into frames;
 * nothing behind the hub knows which protocol a frame came by.
 */
export interface Frame {
  readonly track: 'video' | 'audio'
  /** Decode time in 90 kHz ticks, unwrapped: it never jumps back at 32 or 33 bits. */
  readonly dts: number
  /** Presentation time in 90 kHz ticks, unwrapped. */
  readonly pts: number
  readonly key: boolean
  /** H.264/H.265: one access unit, 4-byte length-prefixed NAL units. AAC, Opus: one raw frame. */
  readonly data: Uint8Array
  /** When its last byte arrived, in ms of the machine's monotonic clock (`nowMs`). */
  readonly arrivedAt: number
}

export interface VideoTrack {
  readonly kind: 'video'
  readonly codec: 'avc1' | 'hvc1' | 'av01'
  /** Body of avcC, hvcC or av1C. */
  readonly config: Uint8Array
  readonly width: number
  readonly height: number
  /** RFC 6381, for example `avc1.42c01f`. */
  readonly codecString: string
}

export interface AudioTrack {
  readonly kind: 'audio'
  readonly codec: 'mp4a' | 'opus'
  /** AudioSpecificConfig, or the body of dOps. */
  readonly config: Uint8Array
  /** Hz */
  readonly sampleRate: number
  readonly channels: number
  /** RFC 6381, for example `mp4a.40.2`. */
  readonly codecString: string
}

export type Track = VideoTrack | AudioTrack

/** In-band metadata such as onMetaData or onCuePoint. */
export interface Metadata {
  readonly handler: string
  /** JSON-serialisable. */
  readonly value: unknown
  /** 90 kHz ticks */
  readonly dts: number
}
