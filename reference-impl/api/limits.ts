/** Largest request body, bytes. */
export const MAX_BODY_BYTES = 64 * 1024
/** Longest path parameter, characters. */
export const MAX_PARAM_LENGTH = 100
/** Headers of one request, bytes together. */
export const MAX_HEADER_BYTES = 16 * 1024
/** Open connections at one time. */
export const MAX_CONNECTIONS = 2_000
/** ms for a whole request to arrive. */
export const REQUEST_TIMEOUT_MS = 10_000
/** ms between two looks for requests that are late. */
export const REQUEST_CHECK_MS = 1_000
/** ms that an idle kept-alive connection stays open. */
export const KEEP_ALIVE_MS = 30_000

/** Tags of one stream, and of one filter. */
export const MAX_TAGS = 50
/** Characters of one tag. */
export const MAX_TAG_LENGTH = 128
/** Characters of a push URL. */
export const MAX_PUSH_URL_LENGTH = 2_048
/** Members of a group that a create request may describe. */
export const MAX_GROUP_MEMBERS = 4

/** Streams of one page without `quantity`. */
export const DEFAULT_QUANTITY = 50
/** Streams of one page at most. */
export const MAX_QUANTITY = 1_000
/** Suggested tags of one answer. */
export const MAX_SUGGESTIONS = 50
/** A search for tags starts at so many characters. */
export const MIN_SUGGESTION_LENGTH = 3
