import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Frame } from '../../live/frame.ts'
import { LiveStream } from '../../live/live-stream.ts'
import { type FragmentPacket, mediaOf } from '../../live/packet.ts'
import { defaultLiveSeams } from '../../live/seams.ts'
import { testAudio, testVideo } from '../../live/testing/tracks.ts'
import { sameTimeline } from '../../live/timeline.ts'
import { VIDEO_TRACK_ID } from '../../wire/fmp4-init.ts'
import { type MediaSample, samplesOf } from '../../wire/fmp4-samples.ts'
import { defaultDeliveryLimits } from './limits.ts'
import type { SwitchMessage } from './messages.ts'
import { defaultH5LiveSeams } from './seams.ts'
import { Viewer } from './viewer.ts'
import type { ViewerTransport } from './viewer-transport.ts'

const FRAME = 3_000
const AUDIO = 1_920

/** Keeps the samples that were sent, and what was said of changes. */
class SampleTransport implements ViewerTransport {
  readonly samples: MediaSample[] = []
  readonly said: SwitchMessage['data'][] = []
  inits = 0
  queuedBytes = () => 0
  sentBytes = () => 0
  status(): void {}
  metadata(): void {}
  streamInfo(): void {}
  init(): void {
    this.inits += 1
  }
  fragment(packet: FragmentPacket): void {
    this.samples.push(...samplesOf(mediaOf(packet)))
  }
  together(writes: () => void): void {
    writes()
  }
  switched({ data }: SwitchMessage): void {
    this.said.push(data)
  }
  close(): void {}

  get pictures(): number[] {
    const video = this.samples.filter(({ trackId }) => trackId === VIDEO_TRACK_ID)
    return video.map(({ decodeTime, compositionOffset }) => decodeTime + compositionOffset)
  }

  get sound(): MediaSample[] {
    return this.samples.filter(({ trackId }) => trackId !== VIDEO_TRACK_ID)
  }
}

interface Member {
  readonly stream: LiveStream
  /** Every so many-th picture of the source is in it. */
  readonly every: number
  /** Pictures by which it comes later than the other. */
  readonly lag: number
  /** Pictures between two key frames, of the source. */
  readonly gop: number
  /** Place of its key frames. */
  readonly keyAt?: number
}

function member(options: Omit<Member, 'stream'>): Member {
  const stream = new LiveStream('AAAAA-BBBBB', defaultLiveSeams(), sameTimeline)
  stream.track(testVideo())
  stream.track(testAudio())
  return { stream, ...options }
}

/** What member `m` hands out when the source is at picture `now`. */
function step({ stream, every, lag, gop, keyAt = 0 }: Member, now: number): void {
  const number = now - lag
  if (number < 0 || number % every !== 0) return
  const data = new Uint8Array(50).fill(number)
  const frame = (track: Frame['track'], dts: number, key: boolean) =>
    stream.frame({ track, dts, pts: dts, key, data, arrivedAt: (now * 100) / 3 })
  const [from, until] = [(number - every) * FRAME, number * FRAME]
  for (let at = Math.max(0, Math.floor(from / AUDIO) + 1) * AUDIO; at <= until; at += AUDIO)
    frame('audio', at, true)
  frame('video', until, number % gop === keyAt)
}

/** A viewer of the first that asks for the second at a picture. */
function run(members: readonly [Member, Member], askAt: number, until: number): SampleTransport {
  const transport = new SampleTransport()
  const seams = defaultH5LiveSeams()
  const viewer = new Viewer(members[0].stream, transport, seams, defaultDeliveryLimits, 0)
  viewer.start()
  for (let now = 0; now < until; now++) {
    if (now === askAt) viewer.switchTo(members[1].stream, 0)
    for (const one of members) step(one, now)
  }
  return transport
}

function gaps(times: readonly number[]): number[] {
  return times.slice(1).map((time, index) => time - times[index]!)
}

describe('A viewer that changes over to another bitrate', () => {
  it('loses no picture and gets none twice, however far the two are apart', () => {
    const lag = fc.integer({ min: 0, max: 40 })
    const every = fc.constantFrom(1, 2)
    const scene = fc.tuple(lag, lag, every, every, fc.integer({ min: 60, max: 150 }))
    fc.assert(
      fc.property(scene, ([lagA, lagB, everyA, everyB, askAt]) => {
        const gop = 60
        const a = member({ every: everyA, lag: lagA, gop })
        const b = member({ every: everyB, lag: lagB, gop })
        const transport = run([a, b], askAt, 400)
        expect(transport.said.map(({ state }) => state)).toEqual(['pending', 'done'])
        expect(transport.inits).toBe(2)
        const steps = gaps(transport.pictures)
        const [first, last] = [everyA * FRAME, everyB * FRAME]
        expect(steps.every((step) => step === first || step === last)).toBe(true)
        const change = steps.findLastIndex((step) => step !== last) + 1
        if (everyA !== everyB) expect(steps.slice(0, change).every((s) => s === first)).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  it('hears every frame of the sound once', () => {
    for (const [everyA, everyB] of [
      [1, 2],
      [2, 1],
    ] as const) {
      const a = member({ every: everyA, lag: 0, gop: 60 })
      const b = member({ every: everyB, lag: 7, gop: 60 })
      const { sound, said } = run([a, b], 80, 300)
      expect(said.at(-1)?.state).toBe('done')
      const ends = sound.map(({ decodeTime, duration }) => decodeTime + duration)
      const starts = sound.map(({ decodeTime }) => decodeTime)
      expect(starts.slice(1)).toEqual(ends.slice(0, -1))
    }
  })

  it('stays with what it has where the two have no key frame in common', () => {
    const a = member({ every: 1, lag: 0, gop: 60 })
    const b = member({ every: 1, lag: 10, gop: 60, keyAt: 30 })
    const { pictures, said } = run([a, b], 80, 400)
    expect(said.map(({ state, code }) => [state, code])).toEqual([
      ['pending', undefined],
      ['failed', 4006],
    ])
    expect(new Set(gaps(pictures))).toEqual(new Set([FRAME]))
  })

  it('is told when the other stream ends meanwhile, and when it has it already', () => {
    const a = member({ every: 1, lag: 0, gop: 60 })
    const b = member({ every: 1, lag: 0, gop: 60 })
    const transport = new SampleTransport()
    const viewer = new Viewer(a.stream, transport, defaultH5LiveSeams(), defaultDeliveryLimits, 0)
    viewer.start()
    for (let now = 0; now < 10; now++) for (const one of [a, b]) step(one, now)
    viewer.switchTo(a.stream, 0)
    viewer.switchTo(b.stream, 0)
    b.stream.end('unpublished')
    for (let now = 10; now < 100; now++) step(a, now)
    expect(transport.said.map(({ state }) => state)).toEqual(['done', 'pending', 'failed'])
    expect(new Set(gaps(transport.pictures))).toEqual(new Set([FRAME]))
  })
})
