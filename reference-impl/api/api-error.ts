import { CodedError } from '../errors.ts'
import type { ErrorNumber } from './error-numbers.ts'

export type UserInfo = Readonly<Record<string, string | number | readonly string[]>>

/** A request that the API answers with an error: status, the API's own number, and what to show. */
export class ApiError extends CodedError {
  readonly status: number
  /** The number in the answer's `error.code`. */
  readonly number: ErrorNumber
  readonly userinfo: UserInfo

  constructor(status: number, number: ErrorNumber, message: string, userinfo: UserInfo = {}) {
    super(`API_${number}`, message)
    this.status = status
    this.number = number
    this.userinfo = userinfo
  }
}

export const invalidJson = (): ApiError =>
  new ApiError(400, 1001, 'The body is not valid JSON.', { parameter: 'body' })

export const parameterRequired = (name: string): ApiError =>
  new ApiError(400, 1002, `The parameter "${name}" is required.`, { required_parameter: name })

export const wrongType = (name: string, type: string): ApiError =>
  new ApiError(400, 1004, `The parameter "${name}" must be: ${type}.`, { parameter: name, type })

export const noSuchRoute = (): ApiError => new ApiError(404, 1005, 'There is nothing here.')

export const methodNotAllowed = (allowed: readonly string[]): ApiError =>
  new ApiError(405, 1006, 'This address does not take this method.', { allowed })

export const bodyTooLarge = (limit: number): ApiError =>
  new ApiError(413, 1007, 'The body is too large.', { limit })

export const wrongMediaType = (): ApiError =>
  new ApiError(415, 1008, 'The body must be application/json.')

export const accessDenied = (): ApiError =>
  new ApiError(403, 2001, 'Access denied: the header X-BINTU-APIKEY is missing.')

export const notEnabled = (feature: string): ApiError =>
  new ApiError(403, 2002, `${feature} is not enabled for this organisation.`, { feature })

export const streamNotFound = (id: string): ApiError =>
  new ApiError(404, 3001, 'There is no such stream.', { id })

export const streamTypeNotAvailable = (type: string): ApiError =>
  new ApiError(400, 3002, 'This stream type is not available.', { stream_type: type })

export const transitionRefused = (state: string, operation: string): ApiError =>
  new ApiError(409, 3003, `A stream in state "${state}" does not take "${operation}".`, {
    state,
    operation,
  })

export const credentialsInvalid = (): ApiError =>
  new ApiError(401, 4002, 'The credentials are invalid.', { user: 'api key' })

export const internalError = (): ApiError => new ApiError(500, 5000, 'Internal error.')
