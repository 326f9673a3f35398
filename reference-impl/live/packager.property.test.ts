import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Frame } from './frame.ts'
import { Packager } from './packager.ts'
import { mediaOf, type Packet } from './packet.ts'
import { defaultLiveSeams } from './seams.ts'
import { testAudio, testVideo } from './testing/tracks.ts'
import { readFragment } from './testing/walk-boxes.ts'

const MS = 90
const RUNS = { numRuns: 200 }

type Step =
  | { kind: 'video'; ms: number; offsetMs: number; key: boolean }
  | { kind: 'audio'; ms: number }
  | { kind: 'jump'; ms: number }
  | { kind: 'restart'; video: boolean; audio: boolean }
  | { kind: 'video-track'; variant: number }
  | { kind: 'audio-track'; rate: 48_000 | 44_100 }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.record({
      kind: fc.constant('video' as const),
      ms: fc.integer({ min: -40, max: 120 }),
      offsetMs: fc.integer({ min: -100, max: 300 }),
      key: fc.boolean(),
    }),
  },
  {
    weight: 20,
    arbitrary: fc.record({
      kind: fc.constant('audio' as const),
      ms: fc.integer({ min: -40, max: 120 }),
    }),
  },
  fc.record({
    kind: fc.constant('jump' as const),
    ms: fc.integer({ min: -1_000_000, max: 1_000_000 }),
  }),
  fc.record({ kind: fc.constant('restart' as const), video: fc.boolean(), audio: fc.boolean() }),
  fc.record({ kind: fc.constant('video-track' as const), variant: fc.nat(3) }),
  fc.record({
    kind: fc.constant('audio-track' as const),
    rate: fc.constantFrom(48_000 as const, 44_100 as const),
  }),
)

/** Runs the steps; each video frame carries its index, so that the output can be traced back. */
function run(steps: readonly Step[]): { packets: Packet[]; videos: Frame[] } {
  const packets: Packet[] = []
  const videos: Frame[] = []
  const packager = new Packager((packet) => packets.push(packet), defaultLiveSeams())
  let clock = { video: 0, audio: 0 }
  let arrivedAt = 0
  packager.track(testVideo())
  packager.track(testAudio())
  for (const one of steps) {
    arrivedAt += 10
    if (one.kind === 'jump') {
      clock = { video: clock.video + one.ms * MS, audio: clock.audio + one.ms * MS }
    } else if (one.kind === 'restart') {
      packager.restart()
      clock = { video: 0, audio: 0 }
      if (one.video) packager.track(testVideo())
      if (one.audio) packager.track(testAudio())
    } else if (one.kind === 'video-track') packager.track(testVideo(one.variant))
    else if (one.kind === 'audio-track') packager.track(testAudio(one.rate))
    else {
      clock[one.kind] += one.ms * MS
      const dts = clock[one.kind]
      const video = one.kind === 'video'
      const data = Buffer.alloc(5)
      data.writeUInt32BE(videos.length)
      const pts = video ? dts + one.offsetMs * MS : dts
      const key = video ? one.key : true
      const frame: Frame = { track: one.kind, dts, pts, key, data, arrivedAt }
      if (video) videos.push(frame)
      packager.frame(frame)
    }
  }
  packager.flush()
  return { packets, videos }
}

describe('The packager, whatever comes', () => {
  it('numbers fragments by one and leaves no gap in decode times', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300, size: 'max' }), (steps) => {
        let sequence = 0
        let next = new Map<number, number>()
        for (const packet of run(steps).packets) {
          // Another audio timescale: the same time in other units.
          if (packet.kind === 'init') next = new Map([[1, next.get(1) ?? 0]])
          if (packet.kind === 'discontinuity') expect(packet.sequence).toBe(sequence + 1)
          if (packet.kind !== 'fragment') continue
          const fragment = readFragment(mediaOf(packet))
          sequence += 1
          expect(fragment.sequence).toBe(sequence)
          expect(packet.sequence).toBe(sequence)
          for (const { id, decodeTime, samples } of fragment.tracks) {
            expect(decodeTime).toBe(next.get(id) ?? decodeTime)
            next.set(id, decodeTime + samples.reduce((sum, sample) => sum + sample.duration, 0))
          }
        }
      }),
      RUNS,
    )
  })

  it('keeps presentation times exact between discontinuities', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300, size: 'max' }), (steps) => {
        const { packets, videos } = run(steps)
        let shift: number | undefined
        for (const packet of packets) {
          if (packet.kind === 'discontinuity' || packet.kind === 'init') shift = undefined
          if (packet.kind !== 'fragment') continue
          const media = mediaOf(packet)
          const video = readFragment(media).tracks.find((track) => track.id === 1)
          const sample = video?.samples[0]
          if (video === undefined || sample === undefined) continue
          const at = media.indexOf('mdat') + 4
          const frame = videos[media.readUInt32BE(at)]!
          const presented = video.decodeTime + sample.compositionOffset
          shift ??= presented - frame.pts
          expect(presented - frame.pts).toBe(shift)
        }
      }),
      RUNS,
    )
  })

  it('sends one video frame a fragment, and a key frame first after each initialisation', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300, size: 'max' }), (steps) => {
        let needsKey = true
        let hasVideo = true
        for (const packet of run(steps).packets) {
          if (packet.kind === 'init') {
            needsKey = true
            hasVideo = packet.tracks.video !== undefined
          }
          if (packet.kind === 'discontinuity' && packet.reason !== 'timestamp-jump') needsKey = true
          if (packet.kind !== 'fragment') continue
          const { tracks } = readFragment(mediaOf(packet))
          const samples = tracks.find((track) => track.id === 1)?.samples ?? []
          expect(samples.length).toBeLessThanOrEqual(hasVideo ? 1 : 0)
          if (samples[0] === undefined) continue
          if (needsKey) expect(samples[0].key).toBe(true)
          needsKey = false
        }
      }),
      RUNS,
    )
  })
})
