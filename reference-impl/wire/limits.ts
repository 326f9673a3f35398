/** What is read of AMF0, in one message. */
export interface AmfLimits {
  /** Nested objects and arrays of AMF. */
  readonly maxDepth: number
  /** AMF values in one message, keys not counted. */
  readonly maxValues: number
  /** Bytes of one AMF string. */
  readonly maxStringBytes: number
}

export const DEFAULT_AMF_LIMITS: AmfLimits = {
  maxDepth: 32,
  maxValues: 4096,
  maxStringBytes: 65_536,
}

/** What one RTMP connection may make its reader keep. */
export interface ChunkLimits {
  /** Bytes of one RTMP message. */
  readonly maxMessageBytes: number
  /** Chunk streams that one RTMP connection may open. */
  readonly maxChunkStreams: number
  /** Bytes of all unfinished messages of one RTMP connection. */
  readonly maxBufferedBytes: number
}

export const DEFAULT_CHUNK_LIMITS: ChunkLimits = {
  maxMessageBytes: 8 * 1024 * 1024,
  maxChunkStreams: 128,
  maxBufferedBytes: 16 * 1024 * 1024,
}

/** What is read of one session description. */
export interface SdpLimits {
  /** Characters of a session description. */
  readonly maxBytes: number
  /** Lines of a session description. */
  readonly maxLines: number
  /** Media sections of a session description. */
  readonly maxMedia: number
}

export const DEFAULT_SDP_LIMITS: SdpLimits = { maxBytes: 64 * 1024, maxLines: 2_000, maxMedia: 16 }

/** What is put together out of RTP packets of H.264. */
export interface DepacketizerLimits {
  /** Bytes of one access unit that came in RTP packets. */
  readonly maxUnitBytes: number
  /** NAL units of one access unit that came in RTP packets. */
  readonly maxNalUnits: number
}

export const DEFAULT_DEPACKETIZER_LIMITS: DepacketizerLimits = {
  maxUnitBytes: 4 * 1024 * 1024,
  maxNalUnits: 512,
}

/** NAL units of one access unit; a picture in as many slices as it has macroblock rows has fewer. */
export const MAX_NAL_UNITS = 2_048
/** Macroblocks of an H.264 picture: the largest frame of level 6.2. */
export const MAX_MACROBLOCKS = 139_264
/** Samples of an HEVC picture's width and of its height: the most that level 6.2 allows. */
export const MAX_HEVC_SIDE = 16_888
/** NAL units of an access unit in which a time of composition is looked for. */
export const MAX_UNITS_LOOKED_AT = 64
/** SEI NAL units of an access unit that are read for it. */
export const MAX_SEI_UNITS = 8
/** Bytes that are read of each of these SEI NAL units. */
export const MAX_SEI_BYTES = 1_024
/** SEI messages that are read of each of these. */
export const MAX_SEI_MESSAGES = 16
/** Characters of the text of a frame stamp. */
export const MAX_STAMP_TEXT = 47
/** Characters of the text of a time of OBS's broadcast performance metrics. */
export const MAX_BPM_TEXT = 64
/** AAC frames of one PES packet: 20 s of audio. */
export const MAX_AUDIO_FRAMES = 1_024

/** Bytes of one PES packet. */
export const MAX_PES_BYTES = 4 * 1024 * 1024
/** Transport packets that all unfinished PES packets hold, however little is in each. */
export const MAX_HELD_PACKETS = 40_000
/** Elementary streams of a transport stream's first program that are read. */
export const MAX_TS_STREAMS = 16
/** Bytes of a table of a transport stream that goes on in further packets. */
export const MAX_TABLE_BYTES = 1_024
/** Bytes of one PAT or PMT section (ISO 13818-1 §2.4.4). */
export const MAX_SECTION_BYTES = 1_021

/** Extensions of one SRT handshake. */
export const MAX_SRT_EXTENSIONS = 16
/** Packets of an SRT caller that wait for their acknowledgement. */
export const MAX_UNACKNOWLEDGED = 8_192

/** Attributes of one STUN or TURN message. */
export const MAX_STUN_ATTRIBUTES = 32
/** RTCP packets in one datagram. */
export const MAX_RTCP_PACKETS = 32
/** Packets that one RTCP NACK may ask for again. */
export const MAX_NACKED = 1_024
