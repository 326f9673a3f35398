import type { ViewerEvent, ViewerRecord } from '../../viewers/viewer-record.ts'

export interface TestPicture {
  /** ms since the recording began */
  readonly at: number
  /** s on the media timeline */
  readonly time: number
  /** ms of the machine's clock; the recording began at 0 */
  readonly composedMs?: number
}

const TIMESCALE = 90_000
const FRAME_S = 1 / 30

/** A recording of one video track with these pictures, one fragment each. For tests. */
export function testRecord(pictures: readonly TestPicture[]): ViewerRecord {
  const track = { id: 1, kind: 'video', timescale: TIMESCALE }
  const init: unknown = { type: 'init', at: 0, init: { tracks: [track] }, bytes: new Uint8Array(0) }
  const fragments = pictures.map(({ at, time, composedMs }, index): ViewerEvent => {
    const stamp =
      composedMs === undefined
        ? null
        : { streamTag: '00000000', frame: index, timeUs: composedMs * 1000 }
    const sample = { dts: time * TIMESCALE, duration: FRAME_S * TIMESCALE, compositionOffset: 0 }
    const rest = { size: 100, key: index % 60 === 0, idr: index % 60 === 0, stamp }
    const tracks = [{ trackId: 1, baseDecodeTime: sample.dts, samples: [{ ...sample, ...rest }] }]
    return { type: 'fragment', at, sequence: index, size: 200, tracks, bytes: null }
  })
  return {
    schema: 'liveproof/viewer-record@1',
    kind: 'h5live',
    url: 'ws://test/',
    openedAt: 0,
    stages: { connect: 0, open: 0, firstText: 0, init: 0, firstFragment: 0, firstKeyFrame: 0 },
    events: [init as ViewerEvent, ...fragments],
    http: null,
    close: null,
    truncated: false,
  }
}

/** Pictures at 30 a second, each `delay(s)` ms later than it was composed. */
export function steadyPictures(count: number, delay: (time: number) => number): TestPicture[] {
  return Array.from({ length: count }, (_, index) => {
    const time = index * FRAME_S
    return { time, composedMs: time * 1000, at: time * 1000 + delay(time) }
  })
}
