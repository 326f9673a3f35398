/** Limits and deadlines of SRT ingest; times in ms. */
export interface SrtLimits {
  /** Callers that publish at a time; further ones are rejected. */
  readonly maxSessions: number
  /** Callers whose publish is being decided. */
  readonly maxPending: number
  /** Characters of a stream id (the protocol's own limit). */
  readonly maxStreamIdBytes: number
  /** Bytes of a handshake packet; libsrt's has one Ethernet frame. */
  readonly maxHandshakeBytes: number
  /** Our own receiver latency; the caller may ask for more. */
  readonly latencyMs: number
  /** More than that is negotiated for nobody. */
  readonly maxLatencyMs: number
  /** Bytes of a packet with IP and UDP headers that we announce; the smaller of both sides counts. */
  readonly mtuBytes: number
  /** Packets between the oldest that is kept and the newest: the window that we announce. */
  readonly flowWindow: number
  /** Bytes of all packets that one session keeps. */
  readonly maxBufferedBytes: number
  /** Largest UDP payload that is looked at. */
  readonly maxPacketBytes: number
  /** Between two full ACKs (draft §4.8.1). */
  readonly ackMs: number
  /** Packets after which a light ACK is sent between two full ones. */
  readonly lightAckPackets: number
  /** Least time between two periodic loss reports (§4.8.2). */
  readonly minNakMs: number
  /** Loss ranges in one report. */
  readonly maxNakRanges: number
  /** Silence of ours after which a keep-alive is sent. */
  readonly keepAliveMs: number
  /** Without any packet from the caller. */
  readonly peerIdleMs: number
  /** Without audio or video from a publisher. */
  readonly silentMs: number
  /** For the gate to decide. */
  readonly decideMs: number
  /** How long a cookie is good for: this long at least, twice as long at most. */
  readonly cookieMs: number
  /** How long a rejected caller is answered from memory. */
  readonly rejectedMs: number
  /** Rejected callers that are remembered. */
  readonly maxRejected: number
  /** Derivations of a key from the passphrase each second, for all callers together. */
  readonly keyDerivationsPerSecond: number
  /** Packets that are asked for again though they came, to see whether the sender answers. */
  readonly retransmissionProbes: number
  /** Between those. */
  readonly probeMs: number
  /** Receive buffer of the socket, bytes. */
  readonly recvBufferBytes: number
}

export const DEFAULT_SRT_LIMITS: SrtLimits = {
  maxSessions: 500,
  maxPending: 256,
  maxStreamIdBytes: 512,
  maxHandshakeBytes: 1472,
  latencyMs: 120,
  maxLatencyMs: 8_000,
  mtuBytes: 1_500,
  flowWindow: 8_192,
  maxBufferedBytes: 8 * 1024 * 1024,
  maxPacketBytes: 1_500,
  ackMs: 10,
  lightAckPackets: 64,
  minNakMs: 20,
  maxNakRanges: 180,
  keepAliveMs: 1_000,
  peerIdleMs: 5_000,
  silentMs: 30_000,
  decideMs: 10_000,
  cookieMs: 60_000,
  rejectedMs: 1_000,
  maxRejected: 1_024,
  keyDerivationsPerSecond: 100,
  retransmissionProbes: 3,
  probeMs: 1_000,
  recvBufferBytes: 4 * 1024 * 1024,
}

/** Losses that are told apart; further ones are given up with the packets that show them. */
export const MAX_LOSSES = 2_048
/** Bytes of a text in a handshake; generous, so that a caller past its limit is still named in the record. */
export const MAX_TEXT_BYTES = 1_400
/** Keys of a stream id of the form `#!::`. */
export const MAX_STREAM_ID_KEYS = 32
/** Bytes of an AAC frame that continues in the next PES packet. */
export const MAX_AUDIO_REST = 8 * 1024
/** Errors that one session's record names, of its packets and of its media each; further ones are counted. */
export const MAX_RECORDED_ERRORS = 20
/** Faults of one kind in a transport stream that the record names; further ones are counted. */
export const MAX_FAULTS_OF_A_KIND = 5
/** Characters of a caller's congestion control and packet filter in the record. */
export const MAX_RECORDED_TEXT = 64
