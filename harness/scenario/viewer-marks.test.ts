import { expect, test } from 'vitest'
import type { ViewerEvent, ViewerRecord } from '../viewers/viewer-record.ts'
import { viewerMarks } from './viewer-marks.ts'
import { viewerSeries } from './viewer-records.ts'

const VIDEO = 1
const AUDIO = 2
/** The viewer opened 2 s after the scenario began, which went on until 12 s. */
const span = { startedAt: 100_000, until: 112_000 }
const openedAt = 102_000

const init = (at: number): ViewerEvent => ({
  type: 'init',
  at,
  init: {
    tracks: [
      { id: VIDEO, kind: 'video' },
      { id: AUDIO, kind: 'audio' },
    ],
  } as never,
  bytes: new Uint8Array(),
})

/** A fragment of 1,000 bytes that was composed 40 ms before it came. */
const fragment = (at: number, trackId = VIDEO): ViewerEvent => ({
  type: 'fragment',
  at,
  sequence: 0,
  size: 1_000,
  tracks: [
    {
      trackId,
      baseDecodeTime: 0,
      samples: [
        {
          dts: 0,
          duration: 3_000,
          compositionOffset: 0,
          size: 1_000,
          key: false,
          idr: false,
          stamp: { streamTag: 'aaaaaaaa', frame: 0, timeUs: (openedAt + at - 40) * 1_000 } as never,
        },
      ],
    },
  ],
  bytes: null,
})

const status = (at: number, data: unknown): ViewerEvent => ({
  type: 'text',
  at,
  text: JSON.stringify({ type: 'status', data }),
})

const every = (from: number, to: number, step: number, trackId?: number): ViewerEvent[] =>
  Array.from({ length: Math.ceil((to - from) / step) }, (_, i) =>
    fragment(from + i * step, trackId),
  )

function recordOf(events: ViewerEvent[], part: Partial<ViewerRecord> = {}): ViewerRecord {
  const stages = { connect: 1, open: 2, firstText: 3, init: 0, firstFragment: 5, firstKeyFrame: 5 }
  return {
    schema: 'liveproof/viewer-record@1',
    kind: 'h5live',
    url: 'ws://127.0.0.1/',
    openedAt,
    stages,
    events,
    http: null,
    close: null,
    truncated: false,
    ...part,
  }
}

const marksOf = (events: ViewerEvent[], part?: Partial<ViewerRecord>) =>
  viewerMarks('viewer', recordOf(events, part), span)

test('gaps between video frames are stalls, told in the time of the scenario', () => {
  const events = [init(0), ...every(100, 3_000, 100), ...every(5_000, 10_000, 100)]
  expect(marksOf(events)).toEqual([
    { at: 4_900, until: 7_000, kind: 'stall', label: 'no frame for 2.1 s', of: 'viewer' },
  ])
})

test('audio does not hide that the picture stands still, and half a second is none yet', () => {
  const beside = every(0, 10_000, 100, AUDIO)
  const events = [
    ...every(100, 3_000, 100),
    ...every(3_400, 6_000, 100),
    ...every(7_000, 10_000, 100),
  ]
  const all = [...beside, ...events].sort((a, b) => a.at - b.at)
  expect(marksOf([init(0), ...all]).map(({ at, until }) => [at, until])).toEqual([[7_900, 9_000]])
})

test('a picture that never came back stalls until the end, unless the stream had ended', () => {
  const events = [init(0), ...every(100, 3_000, 100)]
  expect(marksOf(events)).toMatchObject([{ kind: 'stall', at: 4_900, until: 12_000 }])
  const ended = [...events, status(3_000, { status: 'ended', reason: 'unpublished' })]
  expect(marksOf(ended)).toEqual([
    { at: 5_000, kind: 'end', label: 'ended: unpublished', of: 'viewer' },
  ])
})

test('discontinuities, errors and closes are told once; what is no status is not', () => {
  const events = [
    status(10, { status: 'playing' }),
    status(20, { status: 'discontinuity', reason: 'republished' }),
    status(30, { status: 'error', code: 2001 }),
    { type: 'text', at: 40, text: 'status' } as const,
    { type: 'text', at: 50, text: 'null' } as const,
    { type: 'text', at: 60, text: '{"type":"status","data":null}' } as const,
  ]
  const close = { at: 70, code: 4404, reason: '', by: 'server', clean: true } as const
  expect(marksOf(events, { close }).map(({ kind, label }) => [kind, label])).toEqual([
    ['discontinuity', 'discontinuity: republished'],
    ['end', 'error: 2001'],
  ])
  expect(marksOf([], { close })).toMatchObject([{ at: 2_070, label: 'closed by the target 4404' }])
  expect(marksOf([], { close: { ...close, by: 'viewer' } })).toEqual([])
})

test('without messages a second init segment tells of the seam', () => {
  const events = [init(0), init(500)]
  expect(marksOf(events, { kind: 'progressive' })).toMatchObject([
    { at: 2_500, kind: 'discontinuity' },
  ])
  expect(marksOf(events)).toEqual([])
})

test('series are in the time of the scenario, and a second without frames is a rate of 0', () => {
  const events = [init(0), ...every(0, 2_000, 100), ...every(3_000, 5_000, 100)]
  // The first frame was composed before the viewer was there.
  const [latency, rate] = viewerSeries('viewer', recordOf(events), span.startedAt)
  expect(latency?.points).toHaveLength(39)
  expect(latency?.points[0]).toEqual([2_100, expect.closeTo(40, 3)])
  expect(latency?.points.at(-1)).toEqual([6_900, expect.closeTo(40, 3)])
  expect(rate?.points).toEqual(
    [80, 80, 80, 0, 0, 80, 80, 80].map((kbps, i) => [2_000 + 750 + i * 500, kbps]),
  )
})
