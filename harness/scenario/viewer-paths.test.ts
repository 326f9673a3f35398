import { expect, test } from 'vitest'
import type { LinkRecord } from '../report/run-record.ts'
import type { ViewerClose, ViewerEvent } from '../viewers/viewer-record.ts'
import type { ScenarioLink } from './scenario-link.ts'
import { linksTaken, type Seat, succession } from './viewer-paths.ts'

const STARTED_AT = 50_000
const span = { startedAt: STARTED_AT, until: STARTED_AT + 60_000 }

interface Stay {
  /** ms since the scenario began */
  readonly from: number
  /** When the target closed the connection; undefined: not at all. */
  readonly to?: number
  readonly by?: ViewerClose['by']
  /** Numbers of the frames that it had. */
  readonly frames?: readonly number[]
  readonly streamName?: string
  readonly name?: string
}

function seat({ from, to, by = 'server', frames = [], ...rest }: Stay): Seat {
  const events = frames.map((frame) => ({
    type: 'fragment',
    at: 0,
    tracks: [{ trackId: 1, samples: [{ stamp: { streamTag: 'aaaaaaaa', frame, timeUs: 0 } }] }],
  })) as unknown as ViewerEvent[]
  const close = to === undefined ? null : { at: to - from, code: 4404, reason: '', by, clean: true }
  return {
    name: 'H5Live',
    streamName: 'a',
    viewer: {
      record: { kind: 'h5live', openedAt: STARTED_AT + from, events, close },
      latency: { count: frames.length },
    } as unknown as Seat['viewer'],
    ...rest,
  }
}

const afterOf = (...stays: Stay[]) =>
  succession(
    stays.map(seat),
    stays.map((_, i) => `viewer ${i + 1}`),
    span,
  )

test('a viewer that comes when another was ended came in its place, and missed what lies between', () => {
  expect(
    afterOf({ from: 0, to: 9_000, frames: [3, 4, 5] }, { from: 10_000, frames: [40, 41] }),
  ).toEqual([{}, { after: 'viewer 1', missed: 34 }])
})

test('attempts that brought no frame are passed over', () => {
  expect(
    afterOf(
      { from: 0, to: 9_000, frames: [5] },
      { from: 10_000, to: 10_010 },
      { from: 11_000, to: 11_010 },
      { from: 12_000, frames: [9] },
    ).at(-1),
  ).toEqual({ after: 'viewer 1', missed: 3 })
})

test('one that never had a frame is nobody to come after', () => {
  expect(afterOf({ from: 0, to: 1_000 }, { from: 2_000, frames: [1] })).toEqual([{}, {}])
})

test('a viewer has one successor', () => {
  const again = { from: 10_000, frames: [9] }
  expect(afterOf({ from: 0, to: 9_000, frames: [5] }, again, again)).toEqual([
    {},
    { after: 'viewer 1', missed: 3 },
    {},
  ])
})

test.each<[string, Stay, Partial<Stay>]>([
  ['the other still watched', { from: 0, to: 12_000 }, {}],
  ['the other was never ended', { from: 0 }, {}],
  ['the other left by itself', { from: 0, to: 9_000, by: 'viewer' }, {}],
  ['it watches another stream', { from: 0, to: 9_000 }, { streamName: 'b' }],
  ['it watches in another way', { from: 0, to: 9_000 }, { name: 'progressive' }],
])('it is a viewer of its own when %s', (_, first, second) => {
  expect(
    afterOf({ ...first, frames: [5] }, { from: 10_000, frames: [9], ...second }).at(-1),
  ).toEqual({})
})

test('frames are found in the links that they took, by what carries them', () => {
  const record = (name: string, protocol: string) => ({ name, protocol }) as LinkRecord
  const [uplink, downlink] = [{}, {}] as [ScenarioLink, ScenarioLink]
  const recorded = new Map([
    [uplink, [record('up tcp', 'tcp'), record('up udp', 'udp')]],
    [downlink, [record('down', 'tcp')]],
  ])
  const taken = (protocol: string, through?: ScenarioLink) =>
    linksTaken({ uplink, downlink: through, protocol }, recorded)
  expect(taken('rtmps')).toEqual(['up tcp'])
  expect(taken('srt')).toEqual(['up udp'])
  expect(taken('whip')).toEqual(['up tcp', 'up udp'])
  expect(taken('srt', downlink)).toEqual(['up udp', 'down'])
  expect(taken('rtmp', uplink)).toEqual(['up tcp'])
  expect(linksTaken({ uplink: undefined, downlink, protocol: 'rtmp' }, recorded)).toEqual(['down'])
})
