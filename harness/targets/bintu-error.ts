import { TargetError } from '../errors.ts'

/** What went wrong with a call, from the caller's point of view. */
export type BintuErrorCode =
  | 'LP_API_TIMEOUT' // no complete answer in time
  | 'LP_API_ABORTED' // the caller gave up
  | 'LP_API_UNREACHABLE' // no connection: refused, or no such host
  | 'LP_API_CUT' // the connection ended before the answer was complete
  | 'LP_API_RATE_LIMITED' // 429
  | 'LP_API_SERVER' // 5xx
  | 'LP_API_UNAUTHORIZED' // 401, 403
  | 'LP_API_NOT_FOUND' // 404
  | 'LP_API_CONFLICT' // 409
  | 'LP_API_REFUSED' // any other 4xx
  | 'LP_API_REDIRECTED' // 3xx: never followed, the key must not go elsewhere
  | 'LP_API_TOO_LARGE' // the answer is past the limit
  | 'LP_API_INVALID_JSON'
  | 'LP_API_UNEXPECTED_SHAPE'

/** A call of the bintu API that failed. Its text never holds the key. */
export class BintuError extends TargetError {
  /** HTTP status, where there was an answer. */
  readonly status: number | undefined

  constructor(code: BintuErrorCode, message: string, status?: number, options?: ErrorOptions) {
    super(code, message, options)
    this.status = status
  }
}

export function codeOfStatus(status: number): BintuErrorCode {
  if (status === 429) return 'LP_API_RATE_LIMITED'
  if (status >= 500) return 'LP_API_SERVER'
  if (status === 401 || status === 403) return 'LP_API_UNAUTHORIZED'
  if (status === 404) return 'LP_API_NOT_FOUND'
  if (status === 409) return 'LP_API_CONFLICT'
  return status >= 400 ? 'LP_API_REFUSED' : 'LP_API_REDIRECTED'
}
