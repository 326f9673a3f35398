/** Players at one time. */
export const MAX_PLAYERS = 500
/** Bytes queued for one player, beyond its opening group; over it fragments are dropped. */
export const MAX_QUEUED_BYTES = 2 * 1024 * 1024
/** ms without progress of a player's queue, after which the player is closed. */
export const STALL_MS = 10_000
/** ms that a player of a live stream waits for the first media. */
export const MEDIA_WAIT_MS = 20_000
/** ms between two looks at a player's deadlines. */
export const LOOK_MS = 1000
/** Bytes of a metadata message; larger ones are not passed on. */
export const MAX_METADATA_BYTES = 64 * 1024
