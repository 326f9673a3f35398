// FLV tag bodies: Video File Format Specification 10.1, annex E.4, and Enhanced RTMP v1/v2.
export const FlvTagType = { audio: 8, video: 9, script: 18 } as const

export type VideoCodec = 'avc1' | 'hvc1' | 'av01' | 'vp09' | (string & {})
export type AudioCodec = 'mp4a' | 'mp3' | 'Opus' | (string & {})

export type PacketKind =
  | 'sequence-header'
  | 'frame'
  | 'end'
  | 'metadata'
  | 'command'
  /** Several tracks in one message (Enhanced RTMP v2); recognised, not taken apart. */
  | 'multitrack'
  | 'other'

export interface VideoTag {
  /** `avc1`, `hvc1`, `av01`, another fourCC, or `flv-N` for a legacy codec id. */
  readonly codec: VideoCodec
  readonly enhanced: boolean
  readonly packet: PacketKind
  /** Frame type 1; disposable inter frames and others are not. */
  readonly key: boolean
  /** Composition offset in ms, signed. */
  readonly compositionMs: number
  readonly data: Uint8Array
}

export interface AudioTag {
  /** `mp4a`, `mp3`, another fourCC, or `flv-N` for a legacy sound format. */
  readonly codec: AudioCodec
  readonly enhanced: boolean
  readonly packet: PacketKind
  /** From the legacy header: Hz, and 1 or 2; they are fixed for AAC and so say nothing there. */
  readonly sampleRate: number
  readonly channels: number
  readonly data: Uint8Array
}

export const VideoFrameType = { key: 1, inter: 2, disposable: 3, generated: 4, command: 5 } as const
export const LegacyVideoCodec = { avc: 7, hevc: 12 } as const
export const LegacySoundFormat = { mp3: 2, aac: 10, mp3at8k: 14, extended: 9 } as const

export const VideoPacketType = {
  sequenceStart: 0,
  codedFrames: 1,
  sequenceEnd: 2,
  codedFramesX: 3,
  metadata: 4,
  mpeg2tsSequenceStart: 5,
  multitrack: 6,
  modEx: 7,
} as const

export const AudioPacketType = {
  sequenceStart: 0,
  codedFrames: 1,
  sequenceEnd: 2,
  multichannelConfig: 4,
  multitrack: 5,
  modEx: 7,
} as const
