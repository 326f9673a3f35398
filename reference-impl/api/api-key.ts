import { createHash, timingSafeEqual } from 'node:crypto'

export const API_KEY_HEADER = 'x-bintu-apikey'

/** Compares in a time that tells nothing about the key. */
export function isApiKey(given: unknown, expected: string): boolean {
  return typeof given === 'string' && timingSafeEqual(digest(given), digest(expected))
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
