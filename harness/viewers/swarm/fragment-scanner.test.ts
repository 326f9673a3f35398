import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { Fmp4Stream } from '../fmp4-stream.ts'
import { stampedAccessUnit, testFragment } from '../test-fragments.ts'
import { MOVFLAGS, makeFragmentedMp4 } from '../test-media.ts'
import { FragmentScanner } from './fragment-scanner.ts'

interface Seen {
  readonly key: boolean
  readonly time: number
  readonly duration: number
  readonly frames: number[]
}

function scan(pieces: Iterable<Buffer>): { seen: Seen[]; inits: number; broken: string[] } {
  const seen: Seen[] = []
  const broken: string[] = []
  let inits = 0
  const scanner = new FragmentScanner({
    init: () => inits++,
    fragment: ({ facts: { count, key, time, duration }, frames }) =>
      seen.push({ key, time, duration, frames: frames.slice(0, count) }),
    broken: (reason) => broken.push(reason),
  })
  for (const piece of pieces) scanner.push(piece, 0, piece.length)
  return { seen, inits, broken }
}

function* cut(bytes: Buffer, cuts: readonly number[]): Generator<Buffer> {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const to = Math.min(bytes.length, at + cuts[i % cuts.length]!)
    yield Buffer.from(bytes.subarray(at, to))
    at = to
  }
}

let init: Buffer
let film: Buffer
beforeAll(async () => {
  film = await makeFragmentedMp4({ video: '360p30', audio: 'aac-48k', duration: 1 })
  init = film.subarray(0, film.indexOf('moof') - 4)
}, 30_000)

/** Fragments as ours: one stamped picture, or several, with sound behind it. */
function stamped(from: number, count: number): Buffer {
  const samples = Array.from({ length: count }, (_, i) => ({
    duration: 512,
    key: i === 0,
    data: stampedAccessUnit({ frame: from + i, timeUs: 1000 * (from + i), key: i === 0 }),
  }))
  const sound = [{ duration: 1024, key: true, data: Buffer.alloc(30, 0x6c) }]
  return testFragment(from, [
    { id: 1, baseDecodeTime: from * 512, samples },
    { id: 2, baseDecodeTime: from * 800, samples: sound },
  ])
}

describe('the scanner of fragments', () => {
  it('sees the same however the bytes are cut: every stamp, time and key frame', () => {
    const bytes = Buffer.concat([init, stamped(0, 1), stamped(1, 1), stamped(2, 5), stamped(7, 1)])
    const whole = scan([bytes])
    expect(whole.broken).toEqual([])
    expect(whole.seen.map(({ frames }) => frames)).toEqual([[0], [1], [2, 3, 4, 5, 6], [7]])
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1 }), (cuts) => {
        expect(scan(cut(bytes, cuts))).toEqual(whole)
      }),
    )
  })

  it('agrees with the reader of single viewers on a film that ffmpeg made', async () => {
    const parts = await makeFragmentedMp4({
      video: '360p30',
      duration: 1,
      movflags: MOVFLAGS.replace('frag_every_frame', 'frag_keyframe'),
    })
    for (const bytes of [film, parts]) {
      const { seen, inits, broken } = scan(cut(bytes, [700, 3, 1900]))
      expect([inits, broken]).toEqual([1, []])
      const reader = new Fmp4Stream()
      const expected = reader.push(bytes).flatMap((unit) => {
        if (unit.kind === 'init') return []
        const { tracks } = reader.init!
        const video = tracks.find(({ kind }) => kind === 'video')!
        const run = unit.fragment.tracks.find(({ trackId }) => trackId === video.id)
        if (!run) return []
        const samples = run.samples.map(({ duration }) => duration)
        const ticks = samples.reduce((sum, duration) => sum + duration, 0)
        return [
          { time: run.baseDecodeTime / video.timescale, ms: (ticks / video.timescale) * 1000 },
        ]
      })
      const pictures = seen.filter(({ frames }) => frames.length > 0)
      expect(pictures.map(({ time }) => time)).toEqual(expected.map(({ time }) => time))
      for (const [i, { duration }] of pictures.entries())
        expect(duration * 1000).toBeCloseTo(expected[i]!.ms, 6)
    }
  })

  it('survives any damage, and keeps no more than one header', () => {
    const bytes = Buffer.concat([init, stamped(0, 3)])
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat({ max: bytes.length - 1 }), fc.nat({ max: 255 })), {
          minLength: 1,
          maxLength: 6,
        }),
        (damage) => {
          const damaged = Buffer.from(bytes)
          for (const [at, byte] of damage) damaged[at] = byte
          const { broken } = scan(cut(damaged, [111]))
          expect(broken.length).toBeLessThanOrEqual(1)
        },
      ),
      { numRuns: 400 },
    )
  })

  it.each([
    ['a moof of a gigabyte', '400000006d6f6f66'],
    ['a moof before its init', '000000106d6f6f660000000000000000'],
    ['media without a header', '000000106d6461740000000000000000'],
    ['a box of 4 bytes', '0000000466726565'],
    ['a moov of a megabyte', '001000006d6f6f76'],
  ])('gives up at %s before it allocates', (_, hex) => {
    expect(scan([Buffer.from(hex, 'hex')]).broken).toHaveLength(1)
  })
})
