import { DEFAULT_SDP_LIMITS, type SdpLimits } from '../../wire/limits.ts'

/** Limits and deadlines of WHIP ingest; times in ms. */
export interface WhipLimits {
  readonly sdp: SdpLimits
  /** Bytes of a request's body. */
  readonly maxBodyBytes: number
  /** Publishing sessions at a time; further ones get 503. */
  readonly maxSessions: number
  /** HTTP connections at a time. */
  readonly maxConnections: number
  /** For a whole HTTP request to arrive. */
  readonly requestMs: number
  /** From the answer to the end of the DTLS handshake. */
  readonly connectMs: number
  /** Without any authenticated packet from the peer: its consent counts as gone (RFC 7675 asks for 30 s). */
  readonly consentMs: number
  /** Without audio or video from a publisher. */
  readonly silentMs: number
  /** Between the peer's close and its DELETE. */
  readonly closingMs: number
  /** How long an ended session's resource is remembered. */
  readonly rememberMs: number
  /** Addresses that a peer may send from. */
  readonly maxAddresses: number
  /** DTLS datagrams that a peer may send. */
  readonly maxDtlsDatagrams: number
  /** RTP packets that may wait for a missing one. */
  readonly maxReordered: number
  /** How long they wait before it counts as lost. */
  readonly lossMs: number
  /** Between two requests for the same packet. */
  readonly nackEveryMs: number
  /** Between two requests for a key frame that is needed. */
  readonly pliEveryMs: number
  /** Without a key frame, after which one is asked for: browsers send none by themselves. */
  readonly keyEveryMs: number
  /** Between two receiver reports. */
  readonly reportEveryMs: number
  /** bit/s that a sender is told to stay below. */
  readonly maxBitrate: number
  /** Redirects and ended sessions that are remembered. */
  readonly maxRemembered: number
}

export const DEFAULT_WHIP_LIMITS: WhipLimits = {
  sdp: DEFAULT_SDP_LIMITS,
  maxBodyBytes: 64 * 1024,
  maxSessions: 500,
  maxConnections: 2_000,
  requestMs: 10_000,
  connectMs: 10_000,
  consentMs: 15_000,
  silentMs: 30_000,
  closingMs: 1_000,
  rememberMs: 30_000,
  maxAddresses: 8,
  maxDtlsDatagrams: 400,
  maxReordered: 1_024,
  lossMs: 400,
  nackEveryMs: 40,
  pliEveryMs: 500,
  keyEveryMs: 2_250,
  reportEveryMs: 1_000,
  maxBitrate: 5_000_000,
  maxRemembered: 1_000,
}

/** Bytes of the UDP socket's receive buffer: a key frame of every publisher fits. */
export const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024
/** Bytes of a request's head. */
export const MAX_HEAD_BYTES = 16 * 1024
/** ms into a session, after which its sender is asked for a packet again that came already. */
export const NACK_PROBE_AFTER_MS = 2_000
/** ms into a session, after which a key frame is asked for that nobody needs. */
export const PLI_PROBE_AFTER_MS = 2_600
/** ms between a key frame and that request, so that a regular key frame is not taken for its answer. */
export const PLI_PROBE_AFTER_KEY_MS = 400
/** SRTP sources of one session: audio, video, and what a sender begins anew. */
export const MAX_SOURCES = 64
/** Characters of a publisher's user agent in its record. */
export const MAX_USER_AGENT = 200
/** Media sections of an offer in its record. */
export const MAX_RECORDED_MEDIA = 8
/** Codecs of one media section in the record. */
export const MAX_RECORDED_CODECS = 40
/** Characters of one codec's parameters in the record. */
export const MAX_RECORDED_FMTP = 200
