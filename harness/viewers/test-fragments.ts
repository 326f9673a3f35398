import { BPM_TIMES_UUID } from '../measure/bpm.ts'
import { writeStamp } from '../measure/stamp.ts'

/** For tests: fragments written by hand, so that each field can be set wrong. */
export interface TestSample {
  readonly duration: number
  readonly key: boolean
  readonly data: Uint8Array
  readonly compositionOffset?: number
}

export interface TestTrack {
  readonly id: number
  readonly baseDecodeTime: number
  readonly samples: readonly TestSample[]
}

const box = (type: string, ...content: Uint8Array[]) => {
  const body = Buffer.concat(content)
  return Buffer.concat([u32(body.length + 8), Buffer.from(type, 'latin1'), body])
}
const u32 = (...values: number[]) => {
  const bytes = Buffer.alloc(values.length * 4)
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value >>> 0, index * 4)
  return bytes
}

/** `moof` and `mdat`, 64-bit tfdt, one run per track. */
export function testFragment(sequence: number, tracks: readonly TestTrack[]): Buffer {
  const build = (moofSize: number) => {
    let offset = moofSize + 8
    const trafs = tracks.map((track) => {
      const runs = track.samples.flatMap(({ duration, key, data, compositionOffset = 0 }) => [
        duration,
        data.length,
        key ? 0x2000000 : 0x1010000,
        compositionOffset,
      ])
      const traf = box(
        'traf',
        box('tfhd', u32(0x20000, track.id)),
        box(
          'tfdt',
          u32(0x1000000, Math.floor(track.baseDecodeTime / 2 ** 32), track.baseDecodeTime),
        ),
        box('trun', u32(0x1000f01, track.samples.length, offset, ...runs)),
      )
      for (const { data } of track.samples) offset += data.length
      return traf
    })
    return box('moof', box('mfhd', u32(0, sequence)), ...trafs)
  }
  const moof = build(build(0).length)
  return Buffer.concat([
    moof,
    box('mdat', ...tracks.flatMap((track) => track.samples.map((sample) => sample.data))),
  ])
}

/** OBS's timing message, as an SEI NAL unit; ms since 1970. */
export function bpmSei(composedWallMs: number): Buffer {
  const text = new Date(composedWallMs).toISOString()
  const payload = Buffer.concat([BPM_TIMES_UUID, Buffer.from(`\0\x01\x01${text}\0`, 'latin1')])
  return Buffer.concat([Buffer.of(0x06, 0x05, payload.length), payload, Buffer.of(0x80)])
}

/** Length-prefixed NAL units. */
export function accessUnit(...units: Uint8Array[]): Buffer {
  return Buffer.concat(units.flatMap((unit) => [u32(unit.length), unit]))
}

/** An access unit with a stamp in front of a slice that is no real picture. */
export function stampedAccessUnit(options: {
  readonly streamTag?: string
  readonly frame: number
  readonly timeUs: number
  readonly key: boolean
}): Buffer {
  const { streamTag = '0badcafe', frame, timeUs, key } = options
  const stamp = writeStamp({ streamTag, frame, timeUs })
  const slice = Uint8Array.of(key ? 0x65 : 0x41, 0x88, 0x84, 0x21)
  return accessUnit(stamp, slice)
}
