import { describe, expect, it } from 'vitest'
import { VIDEO_TRACK_ID } from '../wire/fmp4-init.ts'
import { samplesOf } from '../wire/fmp4-samples.ts'
import { LiveStream } from './live-stream.ts'
import { mediaOf } from './packet.ts'
import { defaultLiveSeams } from './seams.ts'
import { feedFrames } from './testing/feed-frames.ts'
import { TestSubscriber } from './testing/test-subscriber.ts'
import { GroupTimeline } from './timeline.ts'

const SECOND = 90_000

describe('The timeline of a group', () => {
  it('places encoders that stamp alike by their stamps, however late one arrives', () => {
    const group = new GroupTimeline()
    const first = group.place(5 * SECOND, 1_000)
    expect(group.place(7 * SECOND, 3_400)).toBe(first + 2 * SECOND)
    expect(group.place(4 * SECOND, 1_100)).toBe(first - SECOND)
  })

  it('places an encoder with a clock of its own by its arrival', () => {
    const group = new GroupTimeline()
    const first = group.place(0, 1_000)
    expect(group.place(500 * SECOND, 2_000)).toBe(first + SECOND)
  })

  it('never places anything before its beginning', () => {
    const group = new GroupTimeline()
    group.place(0, 60_000)
    expect(group.place(-100 * SECOND, 0)).toBe(0)
  })
})

describe('A stream of a group', () => {
  /** Presentation times of what comes out, ticks; the encoder pauses before frame 30. */
  function timesAfterPause(pauseFrames: number): number[] {
    const stream = new LiveStream('AAAAA-BBBBB', defaultLiveSeams(), new GroupTimeline())
    const seen = new TestSubscriber()
    stream.subscribe(seen)
    feedFrames(stream, 30, { gop: 30 })
    feedFrames(stream, 30, { gop: 30, from: 30 + pauseFrames })
    return seen.packets
      .filter((packet) => packet.kind === 'fragment')
      .flatMap((packet) => samplesOf(mediaOf(packet)))
      .filter(({ trackId }) => trackId === VIDEO_TRACK_ID)
      .map(({ decodeTime, compositionOffset }) => decodeTime + compositionOffset)
  }

  it('keeps its place on the timeline of the group over a hole in its media', () => {
    const times = timesAfterPause(90)
    expect(times[30]! - times[29]!).toBe(91 * 3_000)
    expect(times.at(-1)! - times[0]!).toBe((59 + 90) * 3_000)
  })
})
