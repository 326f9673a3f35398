/** Playlists that a probe follows, each with something new. */
export const FOLLOWED_PLAYLISTS = 14
/** Whole segments that a probe waits for. */
export const WATCHED_SEGMENTS = 3
/** ms by which the first decode time of a segment may differ from where its playlist puts it. */
export const START_TOLERANCE_MS = 5
/** ms by which a part or segment may seem longer than its declared limit, by rounding. */
export const ROUNDING_MS = 1
/** Share of the part target that parts must at least last (RFC 8216bis §4.4.4.9). */
export const LEAST_PART_SHARE = 0.85
/** ms by which a date may be off. */
export const DATE_TOLERANCE_MS = 50
/** ms within which a request for the far future must be answered. */
export const FAR_AHEAD_BUDGET_MS = 2_000
/** Segments by which such a request is ahead. */
export const FAR_AHEAD_SEGMENTS = 50
/** ms from the encoder's goodbye to ENDLIST. */
export const END_BUDGET_MS = 5_000
/** ms until media come again after the encoder came back. */
export const RESUME_BUDGET_MS = 15_000
/** s that caches must be allowed to keep media: less, and a CDN asks again and again. */
export const LEAST_MEDIA_AGE_S = 60
/** ms until a playlist has its first segments. */
export const FIRST_PLAYLIST_MS = 20_000
