import { STAMP_UUID } from '../../measure/stamp.ts'

/** The stamp that was found last; read at once, before the next search. */
export const found = { tag: 0, frame: 0, timeUs: 0 }

const UUID_BYTES = STAMP_UUID.length
const FIRST = STAMP_UUID[0]!
/** `LP1 `, 8 digits, a space, a digit, a space, a digit, line feed. */
const LEAST_TEXT = 4 + 8 + 1 + 1 + 1 + 1 + 1
const MAX_DIGITS = 16
const SPACE = 0x20
const LINE_FEED = 0x0a

/**
 * Looks for a frame stamp in `bytes` from `from` to `to` and puts it into `found`. As
 * `findStamp`, but without allocating anything: the one place that thousands of viewers pass
 * for each frame. Its test holds the two against each other.
 */
export function scanStamp(bytes: Uint8Array, from: number, to: number): boolean {
  const last = to - UUID_BYTES - LEAST_TEXT
  for (let at = from; at <= last; at++) {
    if (bytes[at] === FIRST && isUuid(bytes, at) && readText(bytes, at + UUID_BYTES, to))
      return true
  }
  return false
}

function isUuid(bytes: Uint8Array, at: number): boolean {
  for (let i = 1; i < UUID_BYTES; i++) if (bytes[at + i] !== STAMP_UUID[i]) return false
  return true
}

/** Number, and where it ended, of `readNumber`. */
let value = 0
let end = 0

function readText(bytes: Uint8Array, at: number, to: number): boolean {
  // "LP1 "
  if (bytes[at] !== 0x4c || bytes[at + 1] !== 0x50 || bytes[at + 2] !== 0x31) return false
  if (bytes[at + 3] !== SPACE || bytes[at + 12] !== SPACE) return false
  let tag = 0
  for (let i = at + 4; i < at + 12; i++) {
    const digit = hexDigit(bytes[i]!)
    if (digit < 0) return false
    tag = tag * 16 + digit
  }
  if (!readNumber(bytes, at + 13, to, SPACE)) return false
  const frame = value
  if (!readNumber(bytes, end + 1, to, LINE_FEED)) return false
  found.tag = tag
  found.frame = frame
  found.timeUs = value
  return true
}

/** Lower case only, as stamps are written. */
function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  return code >= 0x61 && code <= 0x66 ? code - 0x57 : -1
}

/** A decimal number without leading zeros that ends with `stop`. */
function readNumber(bytes: Uint8Array, from: number, to: number, stop: number): boolean {
  let sum = 0
  let at = from
  while (at < to && at - from <= MAX_DIGITS) {
    const digit = bytes[at]! - 0x30
    if (digit < 0 || digit > 9) break
    sum = sum * 10 + digit
    at++
  }
  const digits = at - from
  if (digits === 0 || digits > MAX_DIGITS || at >= to || bytes[at] !== stop) return false
  if (digits > 1 && bytes[from] === 0x30) return false
  if (sum > Number.MAX_SAFE_INTEGER) return false
  value = sum
  end = at
  return true
}
