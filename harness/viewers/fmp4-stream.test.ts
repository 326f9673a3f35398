import fc from 'fast-check'
import { ALL_FORMATS, BufferSource, EncodedPacketSink, Input } from 'mediabunny'
import { createFile, type ISOFile, MP4BoxBuffer, type Sample as Mp4BoxSample } from 'mp4box'
import { beforeAll, describe, expect, test } from 'vitest'
import { Fmp4Stream, type Fmp4Unit } from './fmp4-stream.ts'
import { FragmentError } from './fragment-error.ts'
import type { InitTrack } from './init-reader.ts'
import { makeFragmentedMp4 } from './test-media.ts'

const HEVC = [
  '-c:v',
  'libx265',
  '-preset',
  'ultrafast',
  '-x265-params',
  'log-level=none',
  '-tag:v',
  'hvc1',
]
const files: Record<string, Buffer> = {}

beforeAll(async () => {
  const [avc, bFrames, hevc, opus, gop] = await Promise.all([
    makeFragmentedMp4({ video: '360p30', audio: 'aac-48k' }),
    makeFragmentedMp4({ video: '360p30-bframes' }),
    makeFragmentedMp4({ video: '360p30', codecs: HEVC, duration: 1 }),
    makeFragmentedMp4({ audio: 'aac-48k', codecs: ['-c:a', 'libopus'] }),
    makeFragmentedMp4({
      video: '360p30',
      audio: 'aac-48k',
      movflags: 'frag_keyframe+empty_moov+default_base_moof',
    }),
  ])
  Object.assign(files, { avc, bFrames, hevc, opus, gop })
})

interface Read {
  tracks: readonly InitTrack[]
  /** By track id. */
  samples: Map<number, { dts: number; duration: number; cts: number; key: boolean; data: Buffer }[]>
  sequences: number[]
}

function read(units: Fmp4Unit[]): Read {
  const result: Read = { tracks: [], samples: new Map(), sequences: [] }
  for (const unit of units) {
    if (unit.kind === 'init') {
      result.tracks = unit.init.tracks
      continue
    }
    result.sequences.push(unit.fragment.sequence)
    for (const track of unit.fragment.tracks) {
      const list = result.samples.get(track.trackId) ?? []
      for (const sample of track.samples) {
        list.push({
          dts: sample.dts,
          duration: sample.duration,
          cts: sample.dts + sample.compositionOffset,
          key: sample.key,
          data: Buffer.from(sample.data),
        })
      }
      result.samples.set(track.trackId, list)
    }
  }
  return result
}

function readByMp4Box(bytes: Buffer): { file: ISOFile; samples: Map<number, Mp4BoxSample[]> } {
  const file = createFile()
  const samples = new Map<number, Mp4BoxSample[]>()
  file.onReady = (movie) => {
    for (const track of movie.tracks) {
      samples.set(track.id, [])
      file.setExtractionOptions(track.id, undefined, { nbSamples: 1 })
    }
    file.start()
  }
  file.onSamples = (id, _user, list) => samples.get(id)!.push(...list)
  file.appendBuffer(MP4BoxBuffer.fromArrayBuffer(new Uint8Array(bytes).buffer, 0))
  file.flush()
  return { file, samples }
}

describe.each(['avc', 'bFrames', 'hevc', 'opus', 'gop'])('a file by ffmpeg (%s)', (name) => {
  test('has the same samples as in mp4box', () => {
    const ours = read(new Fmp4Stream().push(files[name]!))
    const theirs = readByMp4Box(files[name]!)
    expect([...ours.samples.keys()].sort()).toEqual([...theirs.samples.keys()].sort())
    for (const [id, samples] of ours.samples) {
      expect(samples.length).toBeGreaterThan(25)
      const expected = theirs.samples.get(id)!.map((sample) => ({
        dts: sample.dts,
        duration: sample.duration,
        cts: sample.cts,
        key: sample.is_sync,
        data: Buffer.from(sample.data!),
      }))
      expect(samples).toEqual(expected)
    }
  })

  test('has the same tracks and codecs as in mp4box and mediabunny', async () => {
    const { tracks } = read(new Fmp4Stream().push(files[name]!))
    const { file } = readByMp4Box(files[name]!)
    const input = new Input({
      source: new BufferSource(new Uint8Array(files[name]!)),
      formats: ALL_FORMATS,
    })
    const theirs = await input.getTracks()
    expect(tracks.length).toBe(theirs.length)
    for (const track of tracks) {
      const info = file.getInfo().tracks.find((candidate) => candidate.id === track.id)!
      expect(track.timescale).toBe(info.timescale)
      expect(track.codecString!.toLowerCase()).toBe(info.codec.toLowerCase())
      const other = theirs.find((candidate) => candidate.id === track.id)!
      // mediabunny writes hev1 for both sample entries.
      const theirString = (await other.getCodecParameterString())?.replace(/^hev1/, 'hvc1')
      expect(track.codecString).toBe(theirString)
      const description = other.isVideoTrack()
        ? (await other.getDecoderConfig())?.description
        : other.isAudioTrack()
          ? (await other.getDecoderConfig())?.description
          : undefined
      // mediabunny hands Opus out as an Ogg header; the rest as it is in the file.
      if (track.sampleEntry !== 'Opus') {
        expect(Buffer.from(track.config)).toEqual(Buffer.from(description as Uint8Array))
      }
      if (other.isVideoTrack()) {
        expect([track.width, track.height]).toEqual([
          await other.getCodedWidth(),
          await other.getCodedHeight(),
        ])
        let packets = 0
        for await (const _ of new EncodedPacketSink(other).packets()) packets++
        const samples = read(new Fmp4Stream().push(files[name]!)).samples
        expect(samples.get(track.id)!.length).toBe(packets)
      }
    }
  })

  test('has sequence numbers that step by one', () => {
    const { sequences } = read(new Fmp4Stream().push(files[name]!))
    expect(sequences).toEqual(sequences.map((_, index) => sequences[0]! + index))
  })
})

test('the chunks in which a stream arrives make no difference', () => {
  const bytes = files['avc']!.subarray(0, 20_000)
  const whole = read(new Fmp4Stream().push(bytes))
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1 }), (sizes) => {
      const stream = new Fmp4Stream()
      const units: Fmp4Unit[] = []
      for (let at = 0, turn = 0; at < bytes.length; turn++) {
        const size = sizes[turn % sizes.length]!
        units.push(...stream.push(bytes.subarray(at, at + size)))
        at += size
      }
      expect(read(units)).toEqual(whole)
    }),
    { numRuns: 20 },
  )
})

test('one byte at a time makes no difference either', () => {
  const bytes = files['opus']!.subarray(0, 3000)
  const stream = new Fmp4Stream()
  const units = [...bytes].flatMap((byte) => stream.push(Uint8Array.of(byte)))
  expect(read(units)).toEqual(read(new Fmp4Stream().push(bytes)))
})

const code = (expected: string) => expect.objectContaining({ code: expected })

test('media before any initialisation segment is refused', () => {
  const moof = files['avc']!.indexOf('moof') - 4
  expect(() => new Fmp4Stream().push(files['avc']!.subarray(moof))).toThrow(
    code('LP_FRAGMENT_UNEXPECTED'),
  )
})

test.each([
  ['tfdt', 'LP_FRAGMENT_MISSING'],
  ['mfhd', 'LP_FRAGMENT_MISSING'],
  ['tfhd', 'LP_FRAGMENT_UNEXPECTED'],
  ['mdat', 'LP_FRAGMENT_UNEXPECTED'],
  ['mvex', 'LP_FRAGMENT_MISSING'],
  ['avcC', 'LP_FRAGMENT_MISSING'],
])('a stream without %s is refused with %s', (box, expected) => {
  const bytes = Buffer.from(files['avc']!)
  bytes.write('free', bytes.indexOf(box), 'latin1')
  expect(() => new Fmp4Stream().push(bytes)).toThrow(code(expected))
})

test('offsets from the start of the file are refused: MSE does not allow them', async () => {
  const bytes = await makeFragmentedMp4({
    video: '360p30',
    movflags: 'frag_every_frame+empty_moov',
    duration: 1,
  })
  expect(() => new Fmp4Stream().push(bytes)).toThrow(code('LP_FRAGMENT_BASE'))
})

test('a box too large is refused when its header is there, not gathered', () => {
  const stream = new Fmp4Stream()
  expect(() => stream.push(Buffer.from('7fffffff6d646174', 'hex'))).toThrow(
    code('LP_FRAGMENT_LIMIT'),
  )
})

/** Overwrites, cuts, inserts and repeats bytes where the structure is: mostly in the headers. */
const mutation = fc.record({
  at: fc.integer({ min: 0, max: 2500 }),
  kind: fc.constantFrom('set', 'cut', 'insert', 'repeat'),
  bytes: fc.uint8Array({ minLength: 1, maxLength: 8 }),
})

test.each(['avc', 'hevc', 'opus'])(
  'mutated bytes (%s) end in FragmentError or in nothing',
  (name) => {
    const source = files[name]!.subarray(0, 12_000)
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 6 }), (mutations) => {
        let bytes = Buffer.from(source)
        for (const { at, kind, bytes: with_ } of mutations) {
          if (kind === 'set') bytes.set(with_, Math.min(at, bytes.length - with_.length))
          const [head, tail] = [bytes.subarray(0, at), bytes.subarray(at)]
          if (kind === 'cut') bytes = Buffer.concat([head, tail.subarray(with_.length)])
          if (kind === 'insert') bytes = Buffer.concat([head, with_, tail])
          if (kind === 'repeat') bytes = Buffer.concat([head, tail.subarray(0, 64), tail])
        }
        try {
          read(new Fmp4Stream().push(bytes))
        } catch (error) {
          expect(error).toBeInstanceOf(FragmentError)
        }
      }),
      { numRuns: 1500 },
    )
  },
)

test('bytes at random end in FragmentError or in nothing', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      try {
        new Fmp4Stream().push(bytes)
      } catch (error) {
        expect(error).toBeInstanceOf(FragmentError)
      }
    }),
    { numRuns: 2000 },
  )
})
