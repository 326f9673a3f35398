/** ms within which viewers of an edge that died play again. */
export const FAILOVER_MS = 5_000
/** ms by which an edge may be behind the encoder, half of the frames. */
export const STALE_MS = 2_000
/** Times that each client asks: a lucky guess is not the nearest. */
export const ASKS = 5
/** Fragments that two edges must have in common to be compared. */
export const LEAST_COMMON = 30
/** Viewers of the edge that is killed. */
export const VIEWERS = 20
/** ms between two looks. */
export const LOOK_MS = 50
/** ms that viewers may take to begin. */
export const START_MS = 15_000
