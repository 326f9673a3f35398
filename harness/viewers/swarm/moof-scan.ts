import { i32, typeCode, u32 } from '../boxes.ts'
import type { InitFacts } from '../init-reader.ts'
import { MAX_FRAGMENT_SAMPLES } from './limits.ts'

/** What a moof says about the video samples of its fragment; filled anew by each `scanMoof`. */
export class MoofFacts {
  /** Video samples. */
  count = 0
  /** Where each begins, in bytes from the start of the moof, and how long it is. */
  readonly offsets: number[] = []
  readonly sizes: number[] = []
  /** The first one is a sync sample. */
  key = false
  /** s; of the first sample, and of all together */
  time = 0.5
  duration = 0.5
}

const TRAF = typeCode('traf')
const TFHD = typeCode('tfhd')
const TFDT = typeCode('tfdt')
const TRUN = typeCode('trun')
/** ISO/IEC 14496-12 §8.8.7 */
const TFHD_BASE_OFFSET = 0x1
const TFHD_DESCRIPTION = 0x2
const TFHD_DURATION = 0x8
const TFHD_SIZE = 0x10
const TFHD_FLAGS = 0x20
/** §8.8.8 */
const TRUN_OFFSET = 0x1
const TRUN_FIRST_FLAGS = 0x4
const TRUN_DURATION = 0x100
const TRUN_SIZE = 0x200
const TRUN_FLAGS = 0x400
const TRUN_COMPOSITION = 0x800
/** §8.8.3.1 */
const NON_SYNC = 0x10000

/** The defaults of the track fragment that is being read. */
const track = { id: 0, duration: 0, size: 0, flags: 0, time: 0.5, timed: false }

/**
 * Reads the content of a moof, from `from` to `to`, for the samples of the first video track of
 * `init`. Allocates nothing, and believes nothing: false for what cannot be a moof.
 */
export function scanMoof(
  bytes: Uint8Array,
  from: number,
  to: number,
  init: InitFacts,
  facts: MoofFacts,
): boolean {
  facts.count = 0
  facts.key = false
  facts.duration = 0
  for (let at = from; at < to; ) {
    const end = boxEnd(bytes, at, to)
    if (end < 0) return false
    if (u32(bytes, at + 4) === TRAF && !scanTraf(bytes, at + 8, end, init, facts)) return false
    at = end
  }
  return true
}

function scanTraf(
  bytes: Uint8Array,
  from: number,
  to: number,
  init: InitFacts,
  facts: MoofFacts,
): boolean {
  track.timed = false
  let known: InitFacts['tracks'][number] | undefined
  for (let at = from; at < to; ) {
    const end = boxEnd(bytes, at, to)
    if (end < 0) return false
    const type = u32(bytes, at + 4)
    if (type === TFHD) {
      if (end - at < 16) return false
      known = videoTrack(init, u32(bytes, at + 12))
      if (known === undefined) return true
      if (!scanTfhd(bytes, at + 8, end, known.defaults)) return false
    } else if (type === TFDT && known !== undefined) {
      const long = bytes[at + 8] === 1
      if (end - at < (long ? 20 : 16)) return false
      track.timed = true
      track.time = long ? u32(bytes, at + 12) * 2 ** 32 + u32(bytes, at + 16) : u32(bytes, at + 12)
    } else if (type === TRUN && known !== undefined) {
      if (facts.count === 0) facts.time = track.timed ? track.time / known.timescale : Number.NaN
      if (!scanTrun(bytes, at + 8, end, known.timescale, facts)) return false
    }
    at = end
  }
  return true
}

function videoTrack(init: InitFacts, id: number): InitFacts['tracks'][number] | undefined {
  for (const one of init.tracks) if (one.kind === 'video') return one.id === id ? one : undefined
  return undefined
}

function scanTfhd(
  bytes: Uint8Array,
  body: number,
  end: number,
  defaults: InitFacts['tracks'][number]['defaults'],
): boolean {
  const flags = u32(bytes, body) & 0xffffff
  let at = body + 8
  if (flags & TFHD_BASE_OFFSET) at += 8
  if (flags & TFHD_DESCRIPTION) at += 4
  const fields = (flags & TFHD_DURATION ? 4 : 0) + (flags & TFHD_SIZE ? 4 : 0)
  if (at + fields + (flags & TFHD_FLAGS ? 4 : 0) > end) return false
  track.duration = defaults.duration
  track.size = defaults.size
  track.flags = defaults.flags
  if (flags & TFHD_DURATION) {
    track.duration = u32(bytes, at)
    at += 4
  }
  if (flags & TFHD_SIZE) {
    track.size = u32(bytes, at)
    at += 4
  }
  if (flags & TFHD_FLAGS) track.flags = u32(bytes, at)
  return true
}

function scanTrun(
  bytes: Uint8Array,
  body: number,
  end: number,
  timescale: number,
  facts: MoofFacts,
): boolean {
  if (end - body < 8) return false
  const flags = u32(bytes, body) & 0xffffff
  const count = u32(bytes, body + 4)
  let at = body + 8
  const perSample =
    (flags & TRUN_DURATION ? 4 : 0) +
    (flags & TRUN_SIZE ? 4 : 0) +
    (flags & TRUN_FLAGS ? 4 : 0) +
    (flags & TRUN_COMPOSITION ? 4 : 0)
  const fixed = (flags & TRUN_OFFSET ? 4 : 0) + (flags & TRUN_FIRST_FLAGS ? 4 : 0)
  if (facts.count + count > MAX_FRAGMENT_SAMPLES) return false
  if (at + fixed + count * perSample > end) return false
  let offset = 0
  if (flags & TRUN_OFFSET) {
    offset = i32(bytes, at)
    at += 4
  }
  let firstFlags = track.flags
  if (flags & TRUN_FIRST_FLAGS) {
    firstFlags = u32(bytes, at)
    at += 4
  }
  for (let i = 0; i < count; i++) {
    let duration = track.duration
    let size = track.size
    let sampleFlags = i === 0 ? firstFlags : track.flags
    if (flags & TRUN_DURATION) {
      duration = u32(bytes, at)
      at += 4
    }
    if (flags & TRUN_SIZE) {
      size = u32(bytes, at)
      at += 4
    }
    if (flags & TRUN_FLAGS) {
      sampleFlags = u32(bytes, at)
      at += 4
    }
    if (flags & TRUN_COMPOSITION) at += 4
    if (facts.count === 0) facts.key = (sampleFlags & NON_SYNC) === 0
    facts.offsets[facts.count] = offset
    facts.sizes[facts.count] = size
    facts.count++
    facts.duration += duration / timescale
    offset += size
  }
  return true
}

/** Where the box at `at` ends; −1 when it does not fit. */
function boxEnd(bytes: Uint8Array, at: number, to: number): number {
  if (at + 8 > to) return -1
  const size = u32(bytes, at)
  return size < 8 || at + size > to ? -1 : at + size
}
