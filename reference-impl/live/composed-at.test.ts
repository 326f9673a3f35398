import { expect, test } from 'vitest'
import { joinLengthPrefixed } from '../wire/nal.ts'
import { bpmData, sei, stampData } from '../wire/testing/composed-sei.ts'
import { composedAtOf } from './composed-at.ts'
import { MAX_STAMP_AGE_MS } from './limits.ts'
import { Packager } from './packager.ts'
import type { Packet } from './packet.ts'
import { defaultLiveSeams } from './seams.ts'
import { testVideo } from './testing/tracks.ts'

const WALL = 1_700_000_000_000
const ARRIVED = 500_000
const SLICE = Uint8Array.of(0x65, 1, 2)
const stamped = (ms: number) => joinLengthPrefixed([sei([[5, stampData(ms)]]), SLICE])
const at = (data: Uint8Array, codec: 'avc1' | 'av01' = 'avc1') =>
  composedAtOf({ data, arrivedAt: ARRIVED }, codec, () => WALL)

test('a stamp says when a frame was composed, by the clock that arrival has', () => {
  expect(at(stamped(ARRIVED - 300))).toBe(ARRIVED - 300)
  expect(at(stamped(ARRIVED))).toBe(ARRIVED)
  expect(at(joinLengthPrefixed([SLICE]))).toBeUndefined()
  expect(at(stamped(ARRIVED - 300), 'av01')).toBeUndefined()
})

test("OBS's wall time is brought to that clock", () => {
  const data = joinLengthPrefixed([sei([[5, bpmData(WALL + ARRIVED - 80)]]), SLICE])
  expect(at(data)).toBe(ARRIVED - 80)
})

test('a stamp that cannot be true is ignored', () => {
  expect(at(stamped(ARRIVED + 1))).toBeUndefined()
  expect(at(stamped(ARRIVED - MAX_STAMP_AGE_MS))).toBeDefined()
  expect(at(stamped(ARRIVED - MAX_STAMP_AGE_MS - 1))).toBeUndefined()
  for (const wall of [WALL - 3_600_000, WALL + 3_600_000]) {
    const data = joinLengthPrefixed([sei([[5, bpmData(wall + ARRIVED)]]), SLICE])
    expect(at(data)).toBeUndefined()
  }
})

test('a fragment is as old as its first picture', () => {
  const packets: Packet[] = []
  const packager = new Packager((packet) => packets.push(packet), defaultLiveSeams())
  packager.track(testVideo())
  const frames = [stamped(100), joinLengthPrefixed([SLICE]), stamped(160)]
  frames.forEach((data, index) => {
    const dts = index * 3000
    packager.frame({ track: 'video', dts, pts: dts, key: index === 0, data, arrivedAt: 1000 })
  })
  packager.frame({
    ...{ track: 'video', dts: 9000, pts: 9000, key: false, arrivedAt: 1000 + 300 },
    data: joinLengthPrefixed([SLICE]),
  })
  packager.flush()
  const seen = packets.flatMap((packet) => (packet.kind === 'fragment' ? [packet.composedAt] : []))
  expect(seen).toEqual([100, undefined, 160, undefined])
})
