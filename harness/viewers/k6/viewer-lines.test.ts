import { expect, test } from 'vitest'
import { parseLines } from './line.ts'
import { bucketOf } from './script/buckets.ts'
import { addViewerLines } from './viewer-lines.ts'

const nothing = { frames: 0, lost: 0, doubled: 0, bytes: 0, latency: [] }
const seen = (ms: number, frames: number) => ({
  ...nothing,
  frames,
  bytes: 1_000 * frames,
  latency: [[bucketOf(ms * 1000), frames]],
})
const late = { openedMs: 0, timers: [[bucketOf(2_000), 40]] }
const line = (viewer: number, change: object) =>
  JSON.stringify({
    lp: 1,
    viewer,
    firstFrameMs: 4,
    failure: null,
    ...{ ramp: nothing, hold: nothing },
    playback: { playedMs: 1_000, stalledMs: 0, stalls: 0 },
    late,
    ...change,
  })
const add = (texts: readonly string[], clockErrorMs: number, wanted?: number) =>
  addViewerLines(parseLines(texts), clockErrorMs, wanted)

test('files of several runners come to what one file would have said', () => {
  const lines = [
    line(1, { ramp: seen(5, 30), hold: seen(10, 300) }),
    line(2, { hold: { ...seen(20, 290), lost: 10 } }),
    line(3, { firstFrameMs: null, failure: 'refused' }),
  ]
  const parts = add(lines, 0.5)
  expect(parts).toEqual(add([lines.join('\n')], 0.5))
  expect(parts.hold).toMatchObject({
    frames: 590,
    lost: 10,
    bytes: 590_000,
    playback: { playedMs: 3_000 },
    perViewer: { viewers: 2 },
  })
  expect(parts.ramp.viewers).toMatchObject({ arrived: 3, failed: { refused: 1 }, dropped: {} })
  expect(parts.total.latency.count).toBe(620)
  expect(parts.hold.latency.percentile(99)).toBeCloseTo(20, 1)
  expect(parts.hold.latency.percentile(40)).toBeCloseTo(10, 1)
  expect(parts.hold.latency.errorBoundMs).toBe(0.5)
})

test('a viewer that was cut off after its first frame was dropped, not refused', () => {
  const { ramp, hold } = add([line(1, { failure: 'cut' })], 0)
  expect(ramp.viewers).toMatchObject({ failed: {}, dropped: { cut: 1 }, playing: 0 })
  expect(hold.viewers).toMatchObject({ failed: {}, dropped: {} })
})

test('a viewer that was wanted and said nothing was not served', () => {
  const { ramp, hold } = add([line(1, {}), line(3, {})], 0, 5)
  expect(ramp.viewers).toMatchObject({ arrived: 2, failed: { 'k6 said nothing of them': 3 } })
  expect(hold.viewers).toMatchObject({ playing: 2, failed: {} })
})

test('clients of the API count as served when a call of theirs succeeded', () => {
  const calls = (count: number, failed: object) => ({
    ...{ count, failed },
    latency: count === 0 ? [] : [[bucketOf(3_000), count]],
  })
  const client = (number: number, failed: object) =>
    JSON.stringify({
      ...{ lp: 1, client: number, late },
      ...{ ramp: calls(0, {}), hold: calls(6, failed) },
    })
  const { ramp, hold } = add(
    [client(1, {}), client(2, { 'get was answered with 500': 2 }), client(3, { refused: 6 })],
    0,
    3,
  )
  expect(ramp.viewers.failed).toEqual({ 'no call of the API succeeded': 1 })
  expect(hold.viewers.playing).toBe(2)
  expect(hold.calls).toMatchObject({
    count: 18,
    failed: { 'get was answered with 500': 2, refused: 6 },
  })
  expect(hold.calls?.latency.percentile(99)).toBeCloseTo(3, 1)
})

test.each(['no JSON', '{"lp":1}', line(0, {}), line(1, { hold: { ...nothing, frames: -1 } })])(
  'what the script cannot have written is refused: %s',
  (text) => {
    expect(() => parseLines([text])).toThrow()
  },
)
