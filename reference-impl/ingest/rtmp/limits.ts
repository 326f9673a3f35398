import {
  type AmfLimits,
  type ChunkLimits,
  DEFAULT_AMF_LIMITS,
  DEFAULT_CHUNK_LIMITS,
} from '../../wire/limits.ts'

/** Limits and deadlines of RTMP ingest; times in ms. */
export interface RtmpLimits extends ChunkLimits {
  readonly amf: AmfLimits
  /** Connections at a time; further ones are closed at once. */
  readonly maxSessions: number
  /** Message streams that a session may create. */
  readonly maxMessageStreams: number
  /** Bytes of a stream name with its parameters. */
  readonly maxNameBytes: number
  /** Bytes of media kept for a publisher that sends them before its publish is decided. */
  readonly maxEarlyBytes: number
  /** Bytes that wait for a peer to read them. */
  readonly maxUnsentBytes: number
  /** From the first byte (TLS: from its end) to the end of the RTMP handshake. */
  readonly handshakeMs: number
  /** From the handshake, or from the end of a publication, to the next publication. */
  readonly publishMs: number
  /** Without audio or video from a publisher. */
  readonly silentMs: number
  /** Silence after which the server pings. */
  readonly pingMs: number
  /** How long a closed session's last bytes may take to reach the peer. */
  readonly lingerMs: number
  /** Bytes after which we acknowledge the peer's, until it says otherwise. */
  readonly windowAckSize: number
  /**
   * Bytes after which a publisher must acknowledge ours: few, because a server says little to a
   * publisher, and its acknowledgements could never be judged otherwise.
   */
  readonly publisherWindow: number
  /** Announced as peer bandwidth; librtmp acknowledges after a tenth of it. */
  readonly publisherBandwidth: number
  /** Chunk size that the server sends with. */
  readonly chunkSize: number
}

export const DEFAULT_RTMP_LIMITS: RtmpLimits = {
  ...DEFAULT_CHUNK_LIMITS,
  amf: DEFAULT_AMF_LIMITS,
  maxSessions: 1_000,
  maxMessageStreams: 8,
  maxNameBytes: 1_024,
  maxEarlyBytes: 1024 * 1024,
  maxUnsentBytes: 256 * 1024,
  handshakeMs: 5_000,
  publishMs: 10_000,
  silentMs: 30_000,
  pingMs: 5_000,
  lingerMs: 2_000,
  windowAckSize: 2_500_000,
  publisherWindow: 400,
  publisherBandwidth: 4_000,
  chunkSize: 4_096,
}

/** Parameters behind a stream name, of RTMP and of SRT. */
export const MAX_PARAMS = 32
