/** ms from the accepted handshake to the first decodable picture, on a live stream in mid-GOP. */
export const JOIN_BUDGET_MS = 250
/** Joins at different places of the group of pictures: one by chance near a key frame proves nothing. */
export const JOIN_PLACES = [0.3, 0.4, 0.5, 0.6, 0.7] as const
/** ms; below this a viewer that waits for the next key frame cannot be told from one that does not. */
export const SHORTEST_GOP_MS = 1_000

/** ms from the encoder's goodbye to the viewer's close. */
export const END_BUDGET_MS = 3_000
/** ms until a request that cannot be served is answered and closed; documented as 1 s, and a round trip. */
export const REFUSAL_BUDGET_MS = 1_500
/** ms for targets that document no time: the vendor's player gives up loading after 20 s. */
export const FOREIGN_REFUSAL_BUDGET_MS = 21_000

/** ms until media come again after the encoder came back. */
export const REPUBLISH_BUDGET_MS = 6_000

/** What a server may have queued for one viewer, documented as 2 MiB beyond its opening group. */
export const QUEUE_BUDGET_BYTES = 4 * 2 ** 20
/** ms, 99 of 100 frames, of a healthy viewer beside a slow one. */
export const NEIGHBOUR_P99_MS = 250
