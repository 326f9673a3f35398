/** ms for one attempt, from connect to the last byte of the answer. */
export const CALL_TIMEOUT_MS = 10_000
/** Attempts of one call that may be repeated. */
export const CALL_ATTEMPTS = 4
/** ms before the first repetition; doubles each time. */
export const FIRST_RETRY_MS = 200
/** ms that a call waits at most between attempts, also when the target asks for more. */
export const LONGEST_RETRY_MS = 5_000
/** Largest answer, bytes. */
export const MAX_ANSWER_BYTES = 16 * 1024 * 1024
