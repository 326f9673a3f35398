import { randomInt } from 'node:crypto'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** The grammar of a stream name: organisation, hyphen, stream; case-sensitive. */
export const STREAM_NAME = /^[A-Za-z0-9_]{5}-[A-Za-z0-9_]{5}$/

/** `length` random letters and digits. */
export function randomWord(length: number): string {
  return Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')
}
