import { createHash, timingSafeEqual } from 'node:crypto'
import { refusal, type WhipAnswer } from './answer.ts'
import type { WhipRequest } from './request.ts'

export function unauthorised(): WhipAnswer {
  return refusal(401, 'LP_WHIP_AUTH', 'the bearer token is missing or wrong', {
    'WWW-Authenticate': 'Bearer',
  })
}

/** The bearer token (RFC 6750 §2.1); null without one. */
export function bearerOf({ headers }: Pick<WhipRequest, 'headers'>): string | null {
  return /^Bearer +([\x21-\x7e]{1,512}) *$/i.exec(headers['authorization'] ?? '')?.[1] ?? null
}

/** @param hash of the token that the session was made with; null without one */
export function mayManage(request: WhipRequest, hash: Buffer | null): boolean {
  // Without a token the unguessable address of the session is what was handed out.
  if (hash === null) return true
  const token = bearerOf(request)
  return token !== null && timingSafeEqual(hashOf(token), hash)
}

export function sameText(a: string, b: string): boolean {
  return timingSafeEqual(hashOf(a), hashOf(b))
}

export function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
