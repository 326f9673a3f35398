import { FragmentError } from './fragment-error.ts'

/** A box inside `bytes`: header from `start`, content from `body` to `end`. */
export interface Box {
  readonly type: string
  readonly start: number
  readonly body: number
  readonly end: number
}

export function u16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!
}

export function u32(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0
  )
}

export function i32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!
}

/** @throws FragmentError `LP_FRAGMENT_TIME` past 2^53 */
export function u64(bytes: Uint8Array, at: number): number {
  const high = u32(bytes, at)
  if (high >= 0x200000) {
    throw new FragmentError('LP_FRAGMENT_TIME', `64-bit number with upper half ${high}`)
  }
  return high * 2 ** 32 + u32(bytes, at + 4)
}

export function fourCC(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(bytes[at]!, bytes[at + 1]!, bytes[at + 2]!, bytes[at + 3]!)
}

/** The four characters of a box type as the number they are on the wire. */
export function typeCode(type: string): number {
  return u32(
    Uint8Array.from(type, (character) => character.charCodeAt(0)),
    0,
  )
}

/**
 * The box at `at`, which must lie inside `limit` (ISO/IEC 14496-12 §4.2).
 * @throws FragmentError `LP_FRAGMENT_TRUNCATED`, `LP_FRAGMENT_BOX_SIZE`
 */
export function boxAt(bytes: Uint8Array, at: number, limit: number): Box {
  if (at + 8 > limit) {
    throw new FragmentError('LP_FRAGMENT_TRUNCATED', `${limit - at} bytes where a box begins`)
  }
  const type = fourCC(bytes, at + 4)
  let size = u32(bytes, at)
  let header = 8
  if (size === 1) {
    if (at + 16 > limit) throw new FragmentError('LP_FRAGMENT_TRUNCATED', `${type} header cut`)
    size = u64(bytes, at + 8)
    header = 16
  } else if (size === 0) {
    size = limit - at
  }
  if (size < header || at + size > limit) {
    throw new FragmentError(
      'LP_FRAGMENT_BOX_SIZE',
      `${type} of ${size} bytes where ${limit - at} are left`,
    )
  }
  return { type, start: at, body: at + header, end: at + size }
}

/** The boxes of `bytes` from `from` to `to`, which they must fill exactly. */
export function* boxesIn(bytes: Uint8Array, from: number, to: number): Generator<Box> {
  for (let at = from; at < to; ) {
    const box = boxAt(bytes, at, to)
    yield box
    at = box.end
  }
}

/** Says that `count` more bytes from `at` must lie inside `box`. */
export function need(box: Box, at: number, count: number): void {
  if (at + count > box.end) {
    throw new FragmentError(
      'LP_FRAGMENT_TRUNCATED',
      `${box.type} of ${box.end - box.start} bytes is too short for its content`,
    )
  }
}
