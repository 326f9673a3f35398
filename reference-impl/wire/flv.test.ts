import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { WireError } from '../errors.ts'
import {
  buildAacFrame,
  buildAacSequenceHeader,
  buildAvcEnd,
  buildAvcFrame,
  buildAvcSequenceHeader,
  buildEnhancedAudio,
  buildEnhancedFrame,
  buildEnhancedSequenceHeader,
  buildMp3Frame,
} from './flv-build.ts'
import { readFlvFile, writeFlvFile } from './flv-file.ts'
import { parseAudioTag, parseVideoTag } from './flv-parse.ts'

const bytes = fc.uint8Array({ maxLength: 60 })
const offset = fc.integer({ min: -8_388_608, max: 8_388_607 })

function tolerant(action: () => unknown): void {
  try {
    action()
  } catch (error) {
    if (!(error instanceof WireError)) throw error
  }
}

describe('FLV tag bodies', () => {
  it('carry AVC frames with signed composition offsets', () => {
    fc.assert(
      fc.property(bytes, offset, fc.boolean(), (data, compositionMs, key) => {
        const tag = parseVideoTag(buildAvcFrame(key, compositionMs, data))
        const expected = { codec: 'avc1', enhanced: false, packet: 'frame', key, compositionMs }
        expect(tag).toMatchObject(expected)
        expect([...tag.data]).toEqual([...data])
      }),
    )
  })

  it('carry enhanced frames of every codec', () => {
    fc.assert(
      fc.property(
        bytes,
        offset,
        fc.boolean(),
        fc.constantFrom('avc1', 'hvc1', 'av01'),
        (data, ms, key, codec) => {
          const compositionMs = codec === 'av01' ? 0 : ms
          const tag = parseVideoTag(buildEnhancedFrame(codec, key, compositionMs, data))
          expect(tag).toMatchObject({ codec, enhanced: true, packet: 'frame', key, compositionMs })
          expect([...tag.data]).toEqual([...data])
        },
      ),
    )
  })

  it('tell headers from frames', () => {
    const data = Uint8Array.of(1, 2, 3)
    expect(parseVideoTag(buildAvcSequenceHeader(data))).toMatchObject({ packet: 'sequence-header' })
    expect(parseVideoTag(buildAvcEnd())).toMatchObject({ packet: 'end' })
    expect(parseVideoTag(buildEnhancedSequenceHeader('hvc1', data))).toMatchObject({
      codec: 'hvc1',
      packet: 'sequence-header',
    })
    expect(parseAudioTag(buildAacSequenceHeader(data))).toMatchObject({
      codec: 'mp4a',
      packet: 'sequence-header',
    })
    expect(parseAudioTag(buildAacFrame(data))).toMatchObject({ packet: 'frame' })
    expect(parseAudioTag(buildMp3Frame(data))).toMatchObject({ codec: 'mp3', sampleRate: 44100 })
    expect(parseAudioTag(buildEnhancedAudio('Opus', true, data))).toMatchObject({
      codec: 'Opus',
      packet: 'sequence-header',
    })
  })

  it('name unknown codecs and skip enhanced modifiers', () => {
    expect(parseVideoTag(Uint8Array.of(0x12, 1, 2))).toMatchObject({ codec: 'flv-2', key: true })
    expect(parseAudioTag(Uint8Array.of(0xb2, 1))).toMatchObject({ codec: 'flv-11' })
    const modified = Buffer.concat([
      Buffer.from([0x97, 2, 0, 0, 5, 0x03]),
      Buffer.from('hvc1'),
      Buffer.from([9]),
    ])
    expect(parseVideoTag(modified)).toMatchObject({ codec: 'hvc1', packet: 'frame', key: true })
  })

  it('throw nothing but WireError for random bytes', () => {
    fc.assert(
      fc.property(bytes, (data) => {
        tolerant(() => parseVideoTag(data))
        tolerant(() => parseAudioTag(data))
        tolerant(() => readFlvFile(data))
        tolerant(() => readFlvFile(Buffer.concat([Buffer.from('FLV'), data])))
      }),
      { numRuns: 500 },
    )
  })
})

describe('FLV files', () => {
  it('read back what was written', () => {
    const tag = fc.record({
      type: fc.constantFrom(8, 9, 18),
      timestamp: fc.integer({ min: 0, max: 0xffffffff }),
      data: bytes,
    })
    fc.assert(
      fc.property(fc.array(tag, { maxLength: 8 }), (tags) => {
        const read = readFlvFile(writeFlvFile(tags))
        expect(read.map((t) => [t.type, t.timestamp, [...t.data]])).toEqual(
          tags.map((t) => [t.type, t.timestamp, [...t.data]]),
        )
      }),
    )
  })
})
