import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { WireError } from '../../../reference-impl/errors.ts'
import { loadProfile } from '../../encoders/load-profile.ts'
import { readRtmpClient, rtmpWireOf } from './rtmp-wire-of.ts'

const capture = (name: string) =>
  readFileSync(new URL(`../../../fixtures/captures/${name}.bin`, import.meta.url))

const CASES = [
  { name: 'obs-29.0.2-rtmp', id: 'obs-29', waits: false, stopped: false },
  { name: 'ffmpeg-5.1-rtmp', id: 'ffmpeg-5.1', waits: true, stopped: true },
] as const

describe.each(CASES)('Of the capture $name', ({ name, id, waits, stopped }) => {
  const side = readRtmpClient(capture(name))
  const wire = rtmpWireOf(side, side, waits)
  const { rtmp } = loadProfile(id)

  it('the same opening is read that its profile has', () => {
    const { closing, connect, metadata, ...rest } = wire
    const { closing: known, connect: _c, metadata: _m, acknowledges, ...profile } = rtmp!
    // The servers of that time announced windows that were never full.
    expect({ ...rest, acknowledges }).toEqual({ ...profile, acknowledges })
    expect(closing).toEqual(stopped ? known : [])
  })

  it('the same fields are read, in their order', () => {
    expect(wire.connect).toEqual(rtmp!.connect)
    expect(wire.metadata.map(([field]) => field)).toEqual(rtmp!.metadata.map(([field]) => field))
  })
})

it('Bytes that are no RTMP are refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 4_000 }), (bytes) => {
      try {
        expect(readRtmpClient(bytes).messages).toBeInstanceOf(Array)
      } catch (error) {
        expect(error).toBeInstanceOf(WireError)
      }
    }),
  )
})
