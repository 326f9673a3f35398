import { createHash } from 'node:crypto'
import { boxAt } from '../../viewers/boxes.ts'
import type { FragmentEvent, ViewerRecord } from '../../viewers/viewer-record.ts'
import { broken, holds, skipped } from '../findings.ts'
import type { Evidence, Finding } from '../rule.ts'
import { LEAST_COMMON, STALE_MS } from './limits.ts'

/** What a viewer of one edge recorded. */
export interface SeenAtEdge {
  readonly edge: string
  readonly format: string
  readonly record: ViewerRecord
  /** ms that half of the frames were behind the encoder; null: not to be judged in this format */
  readonly behindMs: number | null
}

/** One fragment as its viewer got it. */
interface Piece {
  /** Number of its first frame by the stamp; where there is none, its decode time in ticks. */
  readonly place: number
  /** Of the bytes in its `mdat`. */
  readonly digest: string
}

/** By track: fragments in the order of their places. */
type Pieces = ReadonlyMap<string, readonly Piece[]>

/**
 * Whether viewers of several edges got the same media: from the first frame that all of them have
 * to the last, none is missing at one edge, and each has the same bytes at all of them.
 */
export function sameMediaFinding(seen: readonly SeenAtEdge[], staleMs = STALE_MS): Finding {
  const expected =
    `every edge delivers each fragment with the same bytes, ` +
    `half of its frames ≤ ${staleMs / 1000} s after the encoder`
  const evidence: Evidence[] = []
  const told: string[] = []
  let faults = 0
  for (const [format, those] of Map.groupBy(seen, (one) => one.format)) {
    const edges = those.map(({ edge, record }) => ({ edge, pieces: piecesOf(record) }))
    const { common, frames, notes } = compare(edges)
    if (frames < LEAST_COMMON)
      return skipped(expected, `${format}: ${frames} fragments of all edges could be compared`)
    faults += notes.length
    evidence.push(...notes.map((note) => ({ note: `${format}: ${note}` })))
    told.push(`${format}: ${common} fragments at ${edges.length} edges compared`)
  }
  const behind = seen.flatMap(({ edge, behindMs }) => (behindMs === null ? [] : { edge, behindMs }))
  for (const { edge, behindMs } of behind) {
    if (behindMs <= staleMs) continue
    faults += 1
    evidence.push({ note: `${edge} is ${behindMs.toFixed(0)} ms behind the encoder` })
  }
  if (behind.length > 0) {
    const worst = Math.max(...behind.map(({ behindMs }) => behindMs))
    told.push(`the slowest edge ${worst.toFixed(0)} ms behind`)
  }
  const actual = told.join('; ')
  return faults === 0
    ? holds(expected, actual)
    : broken(expected, `${faults} differences; ${actual}`, evidence)
}

interface Comparison {
  /** Fragments that all have. */
  readonly common: number
  /** Those with stamped frames. */
  readonly frames: number
  readonly notes: readonly string[]
}

function compare(edges: readonly { edge: string; pieces: Pieces }[]): Comparison {
  const [first] = edges
  const notes: string[] = []
  let common = 0
  let frames = 0
  for (const track of first?.pieces.keys() ?? []) {
    const lists = edges.map(({ edge, pieces }) => ({ edge, list: pieces.get(track) ?? [] }))
    const from = Math.max(...lists.map(({ list }) => list[0]?.place ?? Number.POSITIVE_INFINITY))
    const to = Math.min(...lists.map(({ list }) => list.at(-1)?.place ?? -1))
    const inside = ({ place }: Piece) => place >= from && place <= to
    const places = new Set(lists.flatMap(({ list }) => list.filter(inside)).map((p) => p.place))
    const maps = lists.map(({ edge, list }) => ({
      edge,
      at: new Map(list.map(({ place, digest }) => [place, digest])),
    }))
    for (const place of places) {
      const what = `${track} ${place}`
      const missing = maps.filter(({ at }) => !at.has(place))
      for (const { edge } of missing) notes.push(`${what} is missing at ${edge}`)
      if (missing.length > 0) continue
      common += 1
      if (track === FRAMES) frames += 1
      const others = maps.filter(({ at }) => at.get(place) !== maps[0]?.at.get(place))
      for (const { edge } of others) notes.push(`${what} of ${edge} is not that of ${first?.edge}`)
    }
  }
  return { common, frames, notes }
}

const FRAMES = 'the fragment of frame'

function piecesOf({ events }: ViewerRecord): Pieces {
  const pieces = new Map<string, Piece[]>()
  for (const event of events) {
    if (event.type !== 'fragment' || event.bytes === null) continue
    const [track, place] = placeOf(event)
    const list = pieces.get(track) ?? []
    pieces.set(track, list)
    list.push({ place, digest: digestOf(event.bytes) })
  }
  for (const list of pieces.values()) list.sort((a, b) => a.place - b.place)
  return pieces
}

function placeOf({ tracks }: FragmentEvent): [string, number] {
  const stamps = tracks.flatMap(({ samples }) => samples.flatMap(({ stamp }) => stamp ?? []))
  const [first] = stamps
  if (first !== undefined) return [FRAMES, first.frame]
  const [track] = tracks
  return [`the fragment of track ${track?.trackId} at tick`, track?.baseDecodeTime ?? 0]
}

function digestOf(fragment: Uint8Array): string {
  const moof = boxAt(fragment, 0, fragment.length)
  const mdat = boxAt(fragment, moof.end, fragment.length)
  return createHash('sha1').update(fragment.subarray(mdat.body, mdat.end)).digest('base64')
}
