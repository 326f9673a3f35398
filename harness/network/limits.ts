/** Packets whose decision is kept, each direction; later ones are only counted. */
export const MAX_LOGGED_PACKETS = 1_000_000
/** Points of queue depth that are kept, each direction; when full every second one is dropped. */
export const MAX_DEPTH_POINTS = 2_048
/** Bytes of a queue that has no limit of its own in bytes. */
export const MAX_QUEUE_BYTES = 64 * 2 ** 20
/** Packets under way on one link, both directions; more are dropped as `overload`. */
export const MAX_UNDER_WAY = 500_000
/** UDP peers that one link serves at a time; the one silent the longest gives way. */
export const MAX_UDP_PEERS = 1_024
/** TCP connections that one link serves at a time; further ones are reset. */
export const MAX_TCP_CONNECTIONS = 4_096
/** Bytes of the kernel's buffer of each UDP socket; Linux's default loses bursts. */
export const UDP_BUFFER_BYTES = 4 * 2 ** 20
/** ms after its due time from which a delivery counts as late. */
export const LATE_MS = 20
/** Share of deliveries that may be late before the link cannot vouch for itself. */
export const MAX_LATE_SHARE = 0.01
/** Bytes of a file that describes a link, and of a trace. */
export const MAX_LINK_FILE_BYTES = 16 * 2 ** 20
/** ms between the steps that stand for a ramp. */
export const RAMP_STEP_MS = 20
/** Changes of one schedule, ramps taken as their steps. */
export const MAX_SCHEDULE_STEPS = 200_000
/** Changes of settings of which a direction remembers when they held. */
export const MAX_HISTORY = 10_000
/** Datagrams that wait for a peer's socket to be ready. */
export const MAX_PENDING_DATAGRAMS = 1_024
/** ms that closing a link may take. */
export const CLOSE_DEADLINE_MS = 2_000
/** Bytes of a description (SDP) that is rewritten on its way. */
export const MAX_SDP_BYTES = 256 * 1024
/** ms that an HTTP request to a WHIP endpoint may take, both ways. */
export const HTTP_DEADLINE_MS = 30_000
