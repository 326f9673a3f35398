import { describe, expect, it } from 'vitest'
import { MAX_CACHED_BYTES } from './limits.ts'
import { LiveStream } from './live-stream.ts'
import { mediaOf } from './packet.ts'
import { defaultLiveSeams } from './seams.ts'
import { feedFrames } from './testing/feed-frames.ts'
import { TestSubscriber } from './testing/test-subscriber.ts'
import { testAudio, testVideo } from './testing/tracks.ts'
import { readFragment } from './testing/walk-boxes.ts'

function stream(): LiveStream {
  return new LiveStream('AAAAA-BBBBB', defaultLiveSeams())
}

function watch(live: LiveStream): TestSubscriber {
  const viewer = new TestSubscriber()
  live.subscribe(viewer)
  return viewer
}

describe('A live stream', () => {
  it('keeps the last group of pictures for newcomers', () => {
    const live = stream()
    feedFrames(live, 45)
    const fragments = live.cached.filter((packet) => packet.kind === 'fragment')
    expect(fragments).toHaveLength(15)
    expect(fragments[0]).toMatchObject({ key: true, sequence: 31 })
  })

  it('hands the same bytes to every subscriber', () => {
    const live = stream()
    const first = watch(live)
    const second = watch(live)
    feedFrames(live, 3)
    expect(first.kinds()).toEqual(['init', 'fragment', 'fragment', 'fragment'])
    for (const [index, packet] of first.packets.entries()) {
      expect(second.packets[index]).toBe(packet)
    }
  })

  it('gives up a group that outgrows its bound, until the next key frame', () => {
    const live = stream()
    const bytes = 1024 * 1024
    const count = MAX_CACHED_BYTES / bytes + 4
    feedFrames(live, count, { gop: count, bytes })
    expect(live.cached).toEqual([])
    feedFrames(live, 2, { from: count, gop: count, bytes })
    expect(live.cached).toHaveLength(2)
  })

  it('gives up a group longer than 12 s', () => {
    const live = stream()
    feedFrames(live, 359, { gop: 1000 })
    expect(live.cached).toHaveLength(359)
    feedFrames(live, 10, { from: 359, gop: 1000 })
    expect(live.cached).toEqual([])
  })

  it('keeps half a second of a stream that has audio alone, in groups of at most 50 ms', () => {
    const live = stream()
    const viewer = watch(live)
    live.track(testAudio())
    for (let index = 0; index < 200; index++) {
      const arrivedAt = (index * 1024) / 48
      const dts = Math.floor(arrivedAt) * 90
      const data = new Uint8Array(50)
      live.frame({ track: 'audio', dts, pts: dts, key: true, data, arrivedAt })
    }
    const cached = live.cached.filter((packet) => packet.kind === 'fragment')
    expect(cached.every((packet) => packet.key)).toBe(true)
    const span = cached.at(-1)!.time - cached[0]!.time
    expect(span).toBeGreaterThan(0.4 * 90_000)
    expect(span).toBeLessThanOrEqual(0.5 * 90_000)
    const fragments = viewer.packets.filter((packet) => packet.kind === 'fragment')
    const steps = fragments.slice(1).map((one, index) => one.time - fragments[index]!.time)
    expect(Math.max(...steps)).toBeLessThanOrEqual(0.05 * 90_000)
    expect(Math.min(...steps)).toBeGreaterThan(0.04 * 90_000)
  })

  it('starts without a second track when none is announced in time', () => {
    const live = stream()
    const viewer = watch(live)
    live.track(testVideo())
    const send = (index: number) => {
      const dts = index * 3000
      const data = new Uint8Array(9)
      const arrivedAt = (index * 100) / 3
      live.frame({ track: 'video', dts, pts: dts, key: index === 0, data, arrivedAt })
    }
    for (let index = 0; index < 9; index++) send(index)
    expect(viewer.packets).toEqual([])
    for (let index = 9; index < 12; index++) send(index)
    expect(viewer.kinds()).toEqual(['init', ...Array.from({ length: 12 }, () => 'fragment')])
  })

  it('declares a jump of the clock and goes on right behind the last fragment', () => {
    const live = stream()
    const viewer = watch(live)
    feedFrames(live, 3)
    feedFrames(live, 3, { from: 3000 })
    const kinds = viewer.kinds().slice(4)
    expect(kinds).toContain('discontinuity')
    const fragments = viewer.packets.filter((packet) => packet.kind === 'fragment')
    const steps = fragments.slice(1).map((one, index) => one.time - fragments[index]!.time)
    // Far from the 100 s of the jump; the very first intervals are a guess.
    expect(Math.max(...steps)).toBeLessThanOrEqual(2 * 3000)
  })

  it('sends a new initialisation segment when the tracks change, at a key frame', () => {
    const live = stream()
    feedFrames(live, 3)
    const viewer = watch(live)
    live.track(testVideo(7))
    const data = new Uint8Array(9)
    const frame = { track: 'video', dts: 9000, pts: 9000, data, arrivedAt: 100 } as const
    live.frame({ ...frame, key: false })
    expect(viewer.packets).toEqual([])
    live.frame({ ...frame, key: true })
    expect(viewer.kinds()).toEqual(['discontinuity', 'init', 'fragment'])
    expect(viewer.packets[0]).toMatchObject({ reason: 'tracks-changed', init: true })
  })

  it('needs no new initialisation segment when the encoder comes back as it was', () => {
    const live = stream()
    feedFrames(live, 3)
    const viewer = watch(live)
    live.republish()
    feedFrames(live, 2)
    expect(viewer.kinds()).toEqual(['discontinuity', 'fragment', 'fragment'])
    expect(viewer.packets[0]).toMatchObject({ reason: 'republished', init: false })
  })

  it('goes on behind what it sent when the encoder comes back with a clock that begins anew', () => {
    const live = stream()
    const viewer = watch(live)
    feedFrames(live, 10)
    live.republish()
    feedFrames(live, 10)
    const presented = viewer.packets
      .filter((packet) => packet.kind === 'fragment')
      .map((packet) => readFragment(mediaOf(packet)).tracks.find((track) => track.id === 1)!)
      .map(({ decodeTime, samples }) => decodeTime + samples[0]!.compositionOffset)
    expect(presented).toEqual([...presented].sort((a, b) => a - b))
    expect(new Set(presented).size).toBe(20)
    expect(viewer.kinds().filter((kind) => kind === 'discontinuity')).toHaveLength(1)
  })

  it('drops the audio of a new publication while it overlaps what was sent', () => {
    const live = stream()
    const viewer = watch(live)
    const audio = (index: number) => {
      const dts = Math.floor((index * 1024) / 48) * 90
      const arrivedAt = dts / 90
      const data = new Uint8Array(9)
      live.frame({ track: 'audio', dts, pts: dts, key: true, data, arrivedAt })
    }
    feedFrames(live, 1)
    for (let index = 1; index < 12; index++) audio(index)
    live.republish()
    feedFrames(live, 1)
    for (let index = 1; index < 24; index++) audio(index)
    const durations = viewer.packets
      .filter((packet) => packet.kind === 'fragment')
      .flatMap((packet) => readFragment(mediaOf(packet)).tracks)
      .filter((track) => track.id === 2)
      .flatMap((track) => track.samples.map((sample) => sample.duration))
    expect(durations.length).toBeGreaterThan(20)
    expect(Math.min(...durations)).toBeGreaterThanOrEqual(1014)
  })

  it('starts with the key frame at 0, and keeps audio beside video where it belongs', () => {
    const live = stream()
    const viewer = watch(live)
    live.track(testVideo())
    live.track(testAudio())
    const data = new Uint8Array(9)
    // Audio runs from 200 ms before the key frame on, and overtakes it by 100 ms.
    for (let ms = 0; ms <= 300; ms += 20) {
      const dts = (5000 + ms) * 90
      live.frame({ track: 'audio', dts, pts: dts, key: true, data, arrivedAt: ms })
    }
    const dts = 5200 * 90
    live.frame({ track: 'video', dts, pts: dts, key: true, data, arrivedAt: 301 })
    const fragments = viewer.packets.filter((packet) => packet.kind === 'fragment')
    const tracks = fragments.flatMap((packet) => readFragment(mediaOf(packet)).tracks)
    expect(tracks.find((track) => track.id === 1)?.decodeTime).toBe(0)
    expect(tracks.find((track) => track.id === 2)?.decodeTime).toBe(0)
    expect(tracks.filter((track) => track.id === 2).flatMap((track) => track.samples)).toHaveLength(
      6,
    )
  })
})
