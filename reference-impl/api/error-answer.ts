import { z } from 'zod'
import {
  ApiError,
  bodyTooLarge,
  internalError,
  invalidJson,
  noSuchRoute,
  wrongMediaType,
  wrongType,
} from './api-error.ts'
import { errorNumbers } from './error-numbers.ts'
import { MAX_BODY_BYTES } from './limits.ts'

const numbers = errorNumbers.map(({ number, meaning: { meaning, guess } }) =>
  z
    .literal(number)
    .meta(
      guess ? { 'x-guess': true, description: `[GUESS] ${meaning}` } : { description: meaning },
    ),
)

/** The shape of every error. */
export const errorObject = z
  .object({
    error: z.object({
      message: z.string(),
      code: z.union(numbers),
      userinfo: z.record(z.string(), z.unknown()),
    }),
  })
  .meta({ id: 'Error' })

/** An error as it goes out. */
export interface ErrorAnswer {
  readonly status: number
  readonly contentType: string
  readonly body: string
}

export function errorAnswer(error: ApiError): ErrorAnswer {
  const { message, number: code, userinfo } = error
  return {
    status: error.status,
    contentType: 'application/json; charset=utf-8',
    body: JSON.stringify({ error: { message, code, userinfo } }),
  }
}

/** Whatever was thrown while a request was read or served, as one of ours. */
export function toApiError(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown
  const { code, statusCode } = thrown as { code?: unknown; statusCode?: unknown }
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return bodyTooLarge(MAX_BODY_BYTES)
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return wrongMediaType()
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return invalidJson()
    case 'FST_ERR_BAD_URL':
      return wrongType('path', 'a well-formed address')
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return noSuchRoute()
  }
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500) {
    return new ApiError(statusCode, 1000, 'The request is not understood.')
  }
  return internalError()
}
