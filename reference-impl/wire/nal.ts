// NAL units of H.264 and H.265: length-prefixed (ISO 14496-15) and Annex B (H.264 annex B).
import { WireError } from '../errors.ts'
import { MAX_NAL_UNITS } from './limits.ts'

/**
 * The NAL units of an access unit with length prefixes of `lengthSize` bytes (1, 2 or 4), as views.
 * Throws `LP_NAL_LENGTH`, `LP_NAL_COUNT`.
 */
export function splitLengthPrefixed(bytes: Uint8Array, lengthSize = 4): Uint8Array[] {
  const units: Uint8Array[] = []
  let at = 0
  while (at < bytes.length) {
    if (at + lengthSize > bytes.length) throw cut(at)
    let length = 0
    for (let i = 0; i < lengthSize; i++) length = length * 256 + (bytes[at + i] ?? 0)
    at += lengthSize
    if (length > bytes.length - at) throw cut(at)
    if (length > 0) add(units, bytes, at, at + length)
    at += length
  }
  return units
}

function cut(at: number): WireError {
  return new WireError('LP_NAL_LENGTH', `NAL unit at offset ${at} reaches past its access unit`)
}

export function joinLengthPrefixed(units: readonly Uint8Array[]): Buffer {
  const out = Buffer.allocUnsafe(units.reduce((sum, unit) => sum + 4 + unit.length, 0))
  let at = 0
  for (const unit of units) {
    at = out.writeUInt32BE(unit.length, at)
    out.set(unit, at)
    at += unit.length
  }
  return out
}

/** The NAL units between start codes (three or four bytes), as views; trailing zeros are dropped. Throws `LP_NAL_COUNT`. */
export function splitAnnexB(bytes: Uint8Array): Uint8Array[] {
  const units: Uint8Array[] = []
  let start = -1
  let at = 0
  while (at + 3 <= bytes.length) {
    if (bytes[at] === 0 && bytes[at + 1] === 0 && bytes[at + 2] === 1) {
      if (start >= 0) pushTrimmed(units, bytes, start, at)
      at += 3
      start = at
    } else {
      at += 1
    }
  }
  if (start >= 0) pushTrimmed(units, bytes, start, bytes.length)
  return units
}

function pushTrimmed(units: Uint8Array[], bytes: Uint8Array, from: number, to: number): void {
  let end = to
  while (end > from && bytes[end - 1] === 0) end -= 1
  if (end > from) add(units, bytes, from, end)
}

function add(units: Uint8Array[], bytes: Uint8Array, from: number, to: number): void {
  if (units.length >= MAX_NAL_UNITS) {
    throw new WireError('LP_NAL_COUNT', `more than ${MAX_NAL_UNITS} NAL units in one access unit`)
  }
  units.push(bytes.subarray(from, to))
}

export function joinAnnexB(units: readonly Uint8Array[]): Buffer {
  const startCode = Buffer.from([0, 0, 0, 1])
  return Buffer.concat(units.flatMap((unit) => [startCode, unit]))
}

/** Takes the emulation prevention bytes out of a NAL unit (H.264 7.4.1). */
export function unescapeNal(unit: Uint8Array): Uint8Array {
  const out = new Uint8Array(unit.length)
  let length = 0
  let zeros = 0
  for (const byte of unit) {
    if (zeros >= 2 && byte === 3) {
      zeros = 0
      continue
    }
    out[length++] = byte
    zeros = byte === 0 ? zeros + 1 : 0
  }
  return out.subarray(0, length)
}

/** Puts emulation prevention bytes in. */
export function escapeNal(unit: Uint8Array): Uint8Array {
  const out: number[] = []
  let zeros = 0
  for (const byte of unit) {
    if (zeros >= 2 && byte <= 3) {
      out.push(3)
      zeros = 0
    }
    out.push(byte)
    zeros = byte === 0 ? zeros + 1 : 0
  }
  return Uint8Array.from(out)
}
