import { findStamp, type Stamp } from '../../measure/stamp.ts'
import { readAccessUnit } from '../../viewers/access-unit.ts'
import { Fmp4Stream } from '../../viewers/fmp4-stream.ts'
import { FragmentError } from '../../viewers/fragment-error.ts'
import type { Fragment, Sample } from '../../viewers/fragment-reader.ts'
import type { InitFacts, InitTrack } from '../../viewers/init-reader.ts'

/** What a segment or part holds, together with its map. */
export interface SegmentMedia {
  /** s, decode time of the first video sample; of the first sample where there is no video. */
  readonly start: number
  /** s of video (of the first track where there is none), by its samples. */
  readonly duration: number
  /** The first video sample is flagged as a sync sample and is an IDR picture. */
  readonly startsWithKey: boolean
  /** Of the first video sample. */
  readonly stamp: Stamp | null
}

/** Reads a segment or part behind its map; a text says why it cannot be read. */
export function readSegmentMedia(map: Uint8Array, media: Uint8Array): SegmentMedia | string {
  try {
    const stream = new Fmp4Stream()
    stream.push(map)
    const units = stream.push(media)
    if (stream.init === null) return 'its map is no initialisation segment'
    const fragments = units.flatMap((unit) => (unit.kind === 'fragment' ? [unit.fragment] : []))
    if (stream.pendingBytes > 0) return 'it ends within a box'
    return summarise(stream.init, fragments)
  } catch (error) {
    if (error instanceof FragmentError) return error.message
    throw error
  }
}

function summarise(init: InitFacts, fragments: readonly Fragment[]): SegmentMedia | string {
  const track = init.tracks.find(({ kind }) => kind === 'video') ?? init.tracks[0]
  const samples = track === undefined ? [] : samplesOf(fragments, track)
  const [first, last] = [samples[0], samples.at(-1)]
  if (track === undefined || first === undefined || last === undefined) return 'it has no samples'
  const video = track.kind === 'video'
  return {
    start: first.dts / track.timescale,
    duration: (last.dts + last.duration - first.dts) / track.timescale,
    startsWithKey: !video || (first.key && readAccessUnit(first.data, track).idr),
    stamp: video ? findStamp(first.data) : null,
  }
}

function samplesOf(fragments: readonly Fragment[], track: InitTrack): Sample[] {
  return fragments.flatMap(({ tracks }) =>
    tracks.flatMap((run) => (run.trackId === track.id ? run.samples : [])),
  )
}
