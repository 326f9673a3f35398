import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { WireError } from '../errors.ts'
import { buildAudioSpecificConfig, parseAudioSpecificConfig } from './aac.ts'
import { avcCodecString, buildAvcC, h264NalType, parseAvcC } from './h264.ts'
import { parseH264Sps } from './h264-sps.ts'
import { parseHevcSpsSize, parseHvcC } from './hevc.ts'
import {
  escapeNal,
  joinAnnexB,
  joinLengthPrefixed,
  splitAnnexB,
  splitLengthPrefixed,
  unescapeNal,
} from './nal.ts'

/** Both written by x264. */
const SPS_360P = '6742c01ed900a02ff970110000030001000003003c0f162e48'
const SPS_1080P = '67640028acd940780227e5c044000003000400000300c83c60c658'
/** Written by x265 for 640x362. */
const HEVC_SPS =
  '42010101600000030090000003000003003fa005020171f265959a4932bc05a020000003002000000303c1'

function tolerant(action: () => unknown): void {
  try {
    action()
  } catch (error) {
    if (!(error instanceof WireError)) throw error
  }
}

const unit = fc
  .uint8Array({ minLength: 1, maxLength: 40 })
  .map((bytes) => Uint8Array.from([0x65, ...escapeNal(bytes), 0x80]))

describe('NAL units', () => {
  it('survive both forms', () => {
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 5 }), (units) => {
        expect(splitLengthPrefixed(joinLengthPrefixed(units)).map((u) => [...u])).toEqual(
          units.map((u) => [...u]),
        )
        expect(splitAnnexB(joinAnnexB(units)).map((u) => [...u])).toEqual(units.map((u) => [...u]))
      }),
    )
  })

  it('lose nothing to emulation prevention', () => {
    const zeros = fc.array(fc.constantFrom(0, 0, 0, 1, 2, 3, 4), { maxLength: 60 })
    fc.assert(
      fc.property(zeros, (values) => {
        const bytes = Uint8Array.from(values)
        const escaped = escapeNal(bytes)
        expect([...unescapeNal(escaped)]).toEqual(values)
        expect(Buffer.from(escaped).includes(Buffer.from([0, 0, 1]))).toBe(false)
      }),
    )
  })

  it('that reach past their access unit are refused', () => {
    expect(() => splitLengthPrefixed(Uint8Array.of(0, 0, 0, 9, 1))).toThrow(WireError)
    expect(() => splitLengthPrefixed(Uint8Array.of(0, 0))).toThrow(WireError)
  })
})

describe('parameter sets', () => {
  it.each([
    ['640x360, 30 fps', SPS_360P, { width: 640, height: 360, frameRate: 30, profile: 66 }],
    ['1920x1080, cropped', SPS_1080P, { width: 1920, height: 1080, frameRate: 25, profile: 100 }],
  ])('SPS of %s', (_name, hex, expected) => {
    expect(parseH264Sps(Buffer.from(hex, 'hex'))).toMatchObject(expected)
  })

  it('avcC survives a round trip', () => {
    const sps = Buffer.from(SPS_360P, 'hex')
    const pps = Buffer.from('68ce3c80', 'hex')
    const config = parseAvcC(buildAvcC([sps], [pps]))
    expect(config).toMatchObject({ profile: 66, lengthSize: 4 })
    expect(config.sps.map((set) => Buffer.from(set))).toEqual([sps])
    expect(config.pps.map((set) => Buffer.from(set))).toEqual([pps])
    expect(h264NalType(config.sps[0] ?? new Uint8Array())).toBe(7)
    expect(avcCodecString({ profile: 66, constraints: 0xc0, level: 31 })).toBe('avc1.42c01f')
  })

  it('hvcC gives its codec string', () => {
    const head = '01016000000090000000000078f000fcfdf8f800000f00'
    expect(parseHvcC(Buffer.from(head, 'hex'))).toMatchObject({
      profile: 1,
      lengthSize: 4,
      codecString: 'hvc1.1.6.L120.90',
    })
    expect(parseHevcSpsSize(Buffer.from(HEVC_SPS, 'hex'))).toEqual({ width: 640, height: 362 })
  })

  it('throw nothing but WireError for random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        for (const parse of [parseAvcC, parseHvcC, parseAudioSpecificConfig]) {
          tolerant(() => parse(bytes))
        }
        tolerant(() => parseH264Sps(Uint8Array.from([0x67, ...bytes])))
        tolerant(() => parseH264Sps(Uint8Array.from([0x67, 100, 0, 31, ...bytes])))
        tolerant(() => parseHevcSpsSize(Uint8Array.from([0x42, 1, ...bytes])))
        tolerant(() => splitLengthPrefixed(bytes, 2))
        splitAnnexB(bytes)
      }),
      { numRuns: 500 },
    )
  })
})

describe('AudioSpecificConfig', () => {
  it('survives a round trip at any rate', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.constantFrom(48000, 44100, 22050), fc.integer({ min: 1, max: 0xffffff })),
        fc.constantFrom(1, 2, 3, 4, 5, 6, 8),
        (sampleRate, channels) => {
          expect(parseAudioSpecificConfig(buildAudioSpecificConfig(sampleRate, channels))).toEqual({
            objectType: 2,
            sampleRate,
            channels,
            frameSamples: 1024,
            coreSampleRate: sampleRate,
            codecString: 'mp4a.40.2',
          })
        },
      ),
    )
  })

  it('reads explicit SBR as the doubled rate', () => {
    // object type 5, core 24 kHz, stereo, extension 48 kHz, LC
    const config = parseAudioSpecificConfig(Buffer.from('2b118800', 'hex'))
    expect(config).toMatchObject({ objectType: 5, coreSampleRate: 24000, sampleRate: 48000 })
  })
})

it('an access unit of a million NAL units is refused before it costs anything', () => {
  const parts = Buffer.alloc(4 * 2 ** 20)
  for (let at = 0; at < parts.length; at += 4) parts.set([0, 0, 1, 0x41], at)
  expect(() => splitAnnexB(parts)).toThrow('more than 2048 NAL units')
  expect(() => splitLengthPrefixed(Buffer.alloc(4 * 2 ** 20, Buffer.of(0, 0, 0, 1, 0x41)))).toThrow(
    'more than 2048 NAL units',
  )
})
