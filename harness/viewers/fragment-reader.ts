import { type Box, boxAt, i32, need, u32, u64 } from './boxes.ts'
import { FragmentError } from './fragment-error.ts'
import type { InitFacts, InitTrack } from './init-reader.ts'
import { MAX_HEADER_BYTES, MAX_RUNS, MAX_SAMPLES } from './limits.ts'

/** One sample of a fragment. Times in ticks of its track. */
export interface Sample {
  /** Decode time. */
  readonly dts: number
  readonly duration: number
  /** Presentation time − decode time. */
  readonly compositionOffset: number
  /** Sample flags (ISO/IEC 14496-12 §8.8.3.1). */
  readonly flags: number
  /** Flagged as a sync sample. */
  readonly key: boolean
  readonly data: Uint8Array
}

export interface TrackFragment {
  readonly trackId: number
  /** Decode time of the first sample, ticks. */
  readonly baseDecodeTime: number
  readonly samples: readonly Sample[]
}

export interface Fragment {
  readonly sequence: number
  readonly tracks: readonly TrackFragment[]
  /** Bytes of moof and mdat. */
  readonly size: number
}

const NON_SYNC = 0x10000
// tfhd flags, §8.8.7.1
const BASE_DATA_OFFSET = 0x1
const DESCRIPTION_INDEX = 0x2
const DEFAULT_DURATION = 0x8
const DEFAULT_SIZE = 0x10
const DEFAULT_FLAGS = 0x20
const DEFAULT_BASE_IS_MOOF = 0x20000
// trun flags, §8.8.8.1
const DATA_OFFSET = 0x1
const FIRST_SAMPLE_FLAGS = 0x4
const SAMPLE_DURATION = 0x100
const SAMPLE_SIZE = 0x200
const SAMPLE_FLAGS = 0x400
const SAMPLE_OFFSET = 0x800

/**
 * Reads a `moof` with the `mdat` that follows it. The samples' data are views into `mdat`.
 * Demands what the MSE byte stream format does: offsets relative to the moof, and a tfdt.
 * @throws FragmentError
 */
export function readFragment(moof: Uint8Array, mdat: Uint8Array, init: InitFacts): Fragment {
  if (moof.length > MAX_HEADER_BYTES) {
    throw new FragmentError('LP_FRAGMENT_LIMIT', `moof of ${moof.length} bytes`)
  }
  const outer = boxAt(moof, 0, moof.length)
  if (outer.type !== 'moof') throw new FragmentError('LP_FRAGMENT_UNEXPECTED', outer.type)
  const payload = boxAt(mdat, 0, mdat.length)
  if (payload.type !== 'mdat') throw new FragmentError('LP_FRAGMENT_UNEXPECTED', payload.type)
  const data: Data = {
    mdat,
    moofSize: moof.length,
    from: payload.body,
    next: payload.body,
    left: MAX_SAMPLES,
  }

  let sequence: number | undefined
  const tracks: TrackFragment[] = []
  for (let at = outer.body; at < outer.end; ) {
    const box = boxAt(moof, at, outer.end)
    at = box.end
    if (box.type === 'mfhd') {
      need(box, box.body, 8)
      if (sequence !== undefined) throw new FragmentError('LP_FRAGMENT_DUPLICATE', 'two mfhd')
      sequence = u32(moof, box.body + 4)
    } else if (box.type === 'traf') {
      if (tracks.length >= MAX_RUNS) throw new FragmentError('LP_FRAGMENT_LIMIT', 'too many traf')
      tracks.push(readTraf(moof, box, init, data))
    }
  }
  if (sequence === undefined) throw new FragmentError('LP_FRAGMENT_MISSING', 'moof without mfhd')
  return { sequence, tracks, size: moof.length + mdat.length }
}

/** Where sample data may lie, and how far it has been handed out. */
interface Data {
  readonly mdat: Uint8Array
  readonly moofSize: number
  readonly from: number
  next: number
  /** Samples that may still come before the limit. */
  left: number
}

function readTraf(moof: Uint8Array, traf: Box, init: InitFacts, data: Data): TrackFragment {
  let track: InitTrack | undefined
  let defaults: InitTrack['defaults'] | undefined
  let baseDecodeTime: number | undefined
  let time = 0
  let runs = 0
  const samples: Sample[] = []
  for (let at = traf.body; at < traf.end; ) {
    const box = boxAt(moof, at, traf.end)
    at = box.end
    switch (box.type) {
      case 'tfhd': {
        if (track) throw new FragmentError('LP_FRAGMENT_DUPLICATE', 'two tfhd in a traf')
        track = trackOf(moof, box, init)
        defaults = readTfhd(moof, box, track)
        break
      }
      case 'tfdt': {
        if (baseDecodeTime !== undefined) {
          throw new FragmentError('LP_FRAGMENT_DUPLICATE', 'two tfdt in a traf')
        }
        const wide = moof[box.body] === 1
        need(box, box.body, wide ? 12 : 8)
        baseDecodeTime = wide ? u64(moof, box.body + 4) : u32(moof, box.body + 4)
        time = baseDecodeTime
        break
      }
      case 'trun': {
        if (!track || !defaults) {
          throw new FragmentError('LP_FRAGMENT_UNEXPECTED', 'trun before tfhd')
        }
        if (baseDecodeTime === undefined) {
          throw new FragmentError('LP_FRAGMENT_MISSING', `track ${track.id}: no tfdt before trun`)
        }
        if (++runs > MAX_RUNS) throw new FragmentError('LP_FRAGMENT_LIMIT', 'too many trun')
        time = readTrun(moof, box, defaults, data, time, samples)
        break
      }
    }
  }
  if (!track) throw new FragmentError('LP_FRAGMENT_MISSING', 'traf without tfhd')
  if (baseDecodeTime === undefined) {
    throw new FragmentError('LP_FRAGMENT_MISSING', `track ${track.id}: traf without tfdt`)
  }
  return { trackId: track.id, baseDecodeTime, samples }
}

function trackOf(moof: Uint8Array, tfhd: Box, init: InitFacts): InitTrack {
  need(tfhd, tfhd.body, 8)
  const id = u32(moof, tfhd.body + 4)
  const track = init.tracks.find((candidate) => candidate.id === id)
  if (!track) throw new FragmentError('LP_FRAGMENT_TRACK', `track ${id} is not in the init segment`)
  return track
}

function readTfhd(moof: Uint8Array, tfhd: Box, track: InitTrack): InitTrack['defaults'] {
  const tfhdFlags = u32(moof, tfhd.body) & 0xffffff
  if (tfhdFlags & BASE_DATA_OFFSET || !(tfhdFlags & DEFAULT_BASE_IS_MOOF)) {
    throw new FragmentError(
      'LP_FRAGMENT_BASE',
      `track ${track.id}: tfhd flags 0x${tfhdFlags.toString(16)}, data offsets must be relative to the moof`,
    )
  }
  let at = tfhd.body + 8
  const next = () => {
    need(tfhd, at, 4)
    at += 4
    return u32(moof, at - 4)
  }
  if (tfhdFlags & DESCRIPTION_INDEX) next()
  const duration = tfhdFlags & DEFAULT_DURATION ? next() : track.defaults.duration
  const size = tfhdFlags & DEFAULT_SIZE ? next() : track.defaults.size
  const flags = tfhdFlags & DEFAULT_FLAGS ? next() : track.defaults.flags
  return { duration, size, flags }
}

/** Appends the run's samples; returns the decode time after the last of them. */
function readTrun(
  moof: Uint8Array,
  trun: Box,
  defaults: InitTrack['defaults'],
  data: Data,
  startTime: number,
  samples: Sample[],
): number {
  need(trun, trun.body, 8)
  const version = moof[trun.body]!
  const flags = u32(moof, trun.body) & 0xffffff
  const count = u32(moof, trun.body + 4)
  let at = trun.body + 8
  let offset = data.next
  if (flags & DATA_OFFSET) {
    need(trun, at, 4)
    offset = i32(moof, at) - data.moofSize
    at += 4
  }
  let firstFlags: number | undefined
  if (flags & FIRST_SAMPLE_FLAGS) {
    need(trun, at, 4)
    firstFlags = u32(moof, at)
    at += 4
  }
  if (count > data.left) throw new FragmentError('LP_FRAGMENT_LIMIT', `${count} samples in a trun`)
  data.left -= count
  const fields = flags & (SAMPLE_DURATION | SAMPLE_SIZE | SAMPLE_FLAGS | SAMPLE_OFFSET)
  need(trun, at, count * 4 * bitsIn(fields >> 8))

  let time = startTime
  for (let index = 0; index < count; index++) {
    const field = () => {
      at += 4
      return u32(moof, at - 4)
    }
    const duration = flags & SAMPLE_DURATION ? field() : defaults.duration
    const size = flags & SAMPLE_SIZE ? field() : defaults.size
    const listed = flags & SAMPLE_FLAGS ? field() : defaults.flags
    const sampleFlags = index === 0 && firstFlags !== undefined ? firstFlags : listed
    const raw = flags & SAMPLE_OFFSET ? field() : 0
    if (offset < data.from || offset + size > data.mdat.length) {
      throw new FragmentError(
        'LP_FRAGMENT_OFFSET',
        `sample ${index} lies at ${offset}–${offset + size} of an mdat of ${data.mdat.length} bytes`,
      )
    }
    samples.push({
      dts: time,
      duration,
      compositionOffset: version === 0 ? raw : raw | 0,
      flags: sampleFlags,
      key: (sampleFlags & NON_SYNC) === 0,
      data: data.mdat.subarray(offset, offset + size),
    })
    offset += size
    time += duration
    if (time > Number.MAX_SAFE_INTEGER) {
      throw new FragmentError('LP_FRAGMENT_TIME', `decode time ${time}`)
    }
  }
  data.next = offset
  return time
}

function bitsIn(value: number): number {
  let bits = 0
  for (let rest = value; rest > 0; rest >>= 1) bits += rest & 1
  return bits
}
