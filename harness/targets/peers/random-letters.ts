import { randomInt } from 'node:crypto'

/** So many letters of an alphabet. */
export function randomLetters(alphabet: string, count: number): string {
  return Array.from({ length: count }, () => alphabet[randomInt(alphabet.length)]).join('')
}
