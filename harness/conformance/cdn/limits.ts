/** ms within which viewers of an edge that died play again. */
export const FAILOVER_MS = 5_000
/** ms by which an edge may be behind the encoder, half of the frames. */
export const STALE_MS = 2_000
/** The same, for a harness that was not fit to measure. */
export const FAR_BEHIND_MS = 3_500
/** Frames that each edge is watched for: longer than a stale edge is behind. */
export const WATCHED_FRAMES = 150
/** ms that all edges may take for that. */
export const MOST_WATCHED_MS = 20_000
/** Times that each client asks: a lucky guess is not the nearest. */
export const ASKS = 5
/** Fragments with pictures that all edges must have to be compared. */
export const LEAST_COMMON = 30
/** Viewers of the edge that is killed, and how many of them come in a second. */
export const CROWD = 40
export const CROWD_PER_SECOND = 150
/** Looks at the crowd, one a second, until all of it plays. */
export const START_LOOKS = 10
/** Looks after the kill: longer than allowed, so that whoever comes late is seen as well. */
export const RETURN_LOOKS = 7
/** ms between two looks. */
export const LOOK_MS = 50
