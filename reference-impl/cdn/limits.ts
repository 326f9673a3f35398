/** ms between two heartbeats, in both directions. */
export const HEARTBEAT_MS = 500
/** ms without a heartbeat, after which origin and edge take each other for dead. */
export const HEARTBEAT_DEADLINE_MS = 2_000
/** ms that connecting, and each answer in the opening of a connection, may take. */
export const OPENING_MS = 2_000
/** ms, at most, before an edge tries again to reach its origin, the first time. */
export const RECONNECT_MS = 300
/** ms, at most, to which that grows with each try. */
export const MAX_RECONNECT_MS = 1_500
/** ms after which an edge that has lost its origin stops claiming the streams that it pulled. */
export const ORIGIN_LOST_MS = 5_000
/** ms that a viewer of an edge waits for the origin's word on a stream that is not pulled yet. */
export const PULL_ANSWER_MS = 3_000
/** ms that an edge repeats the origin's refusal of a stream without asking again. */
export const REFUSAL_KEPT_MS = 500
/** ms without a viewer, after which a stream is no longer pulled. */
export const IDLE_PULL_MS = 10_000
/** Streams that one edge pulls at one time. */
export const MAX_PULLS = 500
/** Names whose refusal an edge remembers. */
export const MAX_REFUSALS = 10_000
/** Edges of one origin. */
export const MAX_EDGES = 64
/** Connections to the origin's feed: edges, their pulls, their requests for HLS. */
export const MAX_FEED_CONNECTIONS = 4_096
/** ms that an edge which is gone is still shown. */
export const GONE_KEPT_MS = 60_000
/** Bytes of the largest feed message: a key frame, or an initialisation segment. */
export const MAX_FEED_MESSAGE_BYTES = 16 * 1024 * 1024
/** Bytes of the description of the tracks in front of an initialisation segment. */
export const MAX_TRACKS_BYTES = 32 * 1024
/** Characters (base64) of a codec's configuration in that description. */
export const MAX_CONFIG_CHARACTERS = 16 * 1024
/** Bytes of a message between edge and origin that is no media. */
export const MAX_CONTROL_BYTES = 16 * 1024
/** Streams that an edge names in one heartbeat. */
export const MAX_TOLD_STREAMS = 100
/** Names whose pulls the origin counts. */
export const MAX_COUNTED = 10_000
/** Bytes queued for one pull, beyond its opening group; over it fragments are dropped. */
export const MAX_FEED_QUEUED_BYTES = 16 * 1024 * 1024
/** ms between two looks at deadlines. */
export const SWEEP_MS = 250
/** Ranges of client addresses in a table of regions. */
export const MAX_REGION_RANGES = 10_000
/** Bytes of HLS media and playlists that one edge keeps. */
export const MAX_HLS_CACHE_BYTES = 64 * 1024 * 1024
/** Bytes of one answer of the origin's HLS. */
export const MAX_HLS_ANSWER_BYTES = 32 * 1024 * 1024
/** Requests for HLS that an edge has open at its origin. */
export const MAX_HLS_REQUESTS = 256
/** Viewers' requests that wait for one of those. */
export const MAX_HLS_WAITING = 10_000
/** ms for the origin's whole answer; longer than any blocked request. */
export const HLS_ANSWER_MS = 40_000
/** ms that a playlist which was not asked for by its position is kept. */
export const PLAYLIST_KEPT_MS = 100
/** ms that a playlist which was asked for by its position is kept: it will not change its mind. */
export const POSITIONED_PLAYLIST_KEPT_MS = 1_000
/** Publishers that one edge passes on to its origin. */
export const MAX_RELAYED_PUBLISHERS = 200
/** ms without traffic, after which a relayed publisher is cut. */
export const RELAY_IDLE_MS = 60_000

/** Addresses that one edge passes datagrams of on to its origin, of SRT and of WebRTC each. */
export const MAX_RELAYED_SENDERS = 400
/** ms without a datagram, after which an address is forgotten. */
export const UDP_IDLE_MS = 30_000
/** ms without a datagram, after which an address that was never answered is forgotten. */
export const UDP_UNANSWERED_MS = 3_000
/** Bytes of datagrams that may wait in the kernel, at each end of a relay. */
export const RELAY_BUFFER_BYTES = 2 * 1024 * 1024
/** Bytes of a WebRTC offer or answer that is passed on. */
export const MAX_WHIP_BYTES = 64 * 1024
/** ms for the origin's answer to a request of WHIP. */
export const WHIP_ANSWER_MS = 10_000

/** The limits that can be set per edge; times in ms. */
export interface EdgeLimits {
  readonly originLostMs: number
  readonly idlePullMs: number
}

export const defaultEdgeLimits: EdgeLimits = {
  originLostMs: ORIGIN_LOST_MS,
  idlePullMs: IDLE_PULL_MS,
}
