// SRT draft §3.1: 31-bit packet sequence numbers and 26-bit message numbers, both wrapping.

const SEQUENCE_BITS = 31
const SEQUENCE_MASK = 0x7fffffff
export const MAX_SEQUENCE: number = SEQUENCE_MASK
/** Message numbers begin with 1 again after this one. */
export const MAX_MESSAGE_NUMBER = 0x03ffffff

export function addSequence(sequence: number, count: number): number {
  return (sequence + count) & SEQUENCE_MASK
}

/** How far `a` is ahead of `b`, the shorter way round: −2^30 … 2^30 − 1. */
export function sequenceDifference(a: number, b: number): number {
  return ((a - b) << (32 - SEQUENCE_BITS)) >> (32 - SEQUENCE_BITS)
}

export function nextMessageNumber(number: number): number {
  return number >= MAX_MESSAGE_NUMBER ? 1 : number + 1
}
