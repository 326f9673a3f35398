import { expect, test } from 'vitest'
import { stampedAccessUnit, testFragment } from '../../viewers/test-fragments.ts'
import type { FragmentEvent } from '../../viewers/viewer-record.ts'
import { testRecord } from '../playback/test-record.ts'
import { type SeenAtEdge, sameMediaFinding } from './same-media.ts'

/** Frames of an edge, each in a fragment of its own; a sound beside each of them. */
function edge(
  id: string,
  frames: readonly number[],
  { behindMs = 20, spoil = -1, sound = true } = {},
): SeenAtEdge {
  const events = frames.flatMap((frame, index): FragmentEvent[] => {
    const data = Buffer.from(stampedAccessUnit({ frame, timeUs: frame * 33_333, key: frame === 0 }))
    if (frame === spoil) data[data.length - 1]! ^= 1
    const video = fragment(1, frame * 3000, data, index)
    const [track] = video.tracks
    const stamp = { streamTag: '00000000', frame, timeUs: frame * 33_333 }
    const samples = track!.samples.map((sample) => ({ ...sample, stamp }))
    const pictures = { ...video, tracks: [{ ...track!, samples }] }
    if (!sound) return [pictures]
    return [pictures, fragment(2, frame * 1600, Buffer.from([frame]), index)]
  })
  const record = { ...testRecord([]), events }
  return { edge: id, format: 'H5Live', record, behindMs }
}

function fragment(id: number, dts: number, data: Buffer, sequence: number): FragmentEvent {
  const key = true
  // Where each viewer began is not the media's affair: headers differ, media do not.
  const bytes = testFragment(sequence, [
    { id, baseDecodeTime: dts, samples: [{ duration: 1, key, data }] },
  ])
  const sample = { dts, duration: 1, compositionOffset: 0, size: data.length, key, idr: key }
  const tracks = [{ trackId: id, baseDecodeTime: dts, samples: [{ ...sample, stamp: null }] }]
  return { type: 'fragment', at: 0, sequence, size: bytes.length, tracks, bytes }
}

const from = (first: number, count: number) => Array.from({ length: count }, (_, i) => first + i)

test('the same frames from different starts are the same media', () => {
  const finding = sameMediaFinding([edge('eu', from(0, 60)), edge('us', from(15, 60))])
  expect(finding).toMatchObject({ result: 'holds' })
  expect(finding.actual).toContain('H5Live: 90 fragments at 2 edges compared')
})

test('one byte of one picture makes a difference', () => {
  const finding = sameMediaFinding([
    edge('eu', from(0, 60)),
    edge('us', from(0, 60), { spoil: 40 }),
  ])
  expect(finding.result).toBe('broken')
  expect(finding.evidence).toEqual([
    { note: 'H5Live: the fragment of frame 40 of us is not that of eu' },
  ])
})

test('a frame or a sound that one edge lacks makes a difference', () => {
  const lacking = from(0, 60).filter((frame) => frame !== 30)
  const finding = sameMediaFinding([edge('eu', lacking), edge('us', from(0, 60))])
  expect(finding.result).toBe('broken')
  expect(finding.evidence).toEqual([
    { note: 'H5Live: the fragment of frame 30 is missing at eu' },
    { note: 'H5Live: the fragment of track 2 at tick 48000 is missing at eu' },
  ])
})

test('an edge that is far behind the encoder is not consistent, though it has every byte', () => {
  const seen = [edge('eu', from(0, 60)), edge('us', from(0, 60), { behindMs: 4_000 })]
  expect(sameMediaFinding(seen)).toMatchObject({
    result: 'broken',
    evidence: [{ note: 'us is 4000 ms behind the encoder' }],
  })
  expect(sameMediaFinding(seen, 4_500).result).toBe('holds')
})

test('edges without enough in common cannot be compared', () => {
  const seen = [edge('eu', from(0, 60)), edge('us', from(50, 60))]
  expect(sameMediaFinding(seen).result).toBe('skipped')
  expect(sameMediaFinding([edge('eu', []), edge('us', from(0, 60))]).result).toBe('skipped')
})
