/** Why a request for a stream is answered with an error. Codes: `docs/h5live-protocol.md`. */
export interface RefusedRequest {
  readonly code: number
  readonly message: string
  /** WebSocket close code */
  readonly close: number
  /** HTTP status of a progressive request */
  readonly http: number
}

export function badParameter(message: string): RefusedRequest {
  return { code: 4400, message, close: 4400, http: 400 }
}

export const NOT_FOUND: RefusedRequest = {
  code: 2001,
  message: 'There is no such stream.',
  close: 4404,
  http: 404,
}

export const NOT_LIVE: RefusedRequest = { ...NOT_FOUND, message: 'The stream is not live.' }

export const LOCKED: RefusedRequest = {
  code: 4403,
  message: 'The stream is locked.',
  close: 4403,
  http: 403,
}

export const TOO_MANY_VIEWERS: RefusedRequest = {
  code: 4503,
  message: 'The server has as many viewers as it can serve.',
  close: 4503,
  http: 503,
}

export const NO_MEDIA: RefusedRequest = {
  code: 2003,
  message: 'The stream is live, but no media came in time.',
  close: 4404,
  http: 404,
}

export const TOO_SLOW: RefusedRequest = {
  code: 2002,
  message: 'The viewer takes no media any more.',
  close: 1008,
  http: 503,
}

export const TALKATIVE: RefusedRequest = {
  code: 4108,
  message: 'The viewer sends too much.',
  close: 1008,
  http: 400,
}
