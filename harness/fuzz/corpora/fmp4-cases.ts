import type { Track } from '../../../reference-impl/live/frame.ts'
import { writeFragment } from '../../../reference-impl/wire/fmp4-fragment.ts'
import { writeInit } from '../../../reference-impl/wire/fmp4-init.ts'
import { writeStamp } from '../../measure/stamp.ts'
import type { CorpusCase } from './corpus-case.ts'

const AVCC = Buffer.from(
  '0142c01effe100196742c01ed900a02ff970110000030001000003003c0f162e4801000468cb83cb',
  'hex',
)
const STAMP = Buffer.from(writeStamp({ streamTag: '0badcafe', frame: 7, timeUs: 1_234_567 }))
/** Boxes that hold boxes, and the bytes before those. */
const CONTAINERS: Readonly<Record<string, number>> = {
  ...{ moov: 8, trak: 8, mdia: 8, minf: 8, dinf: 8, stbl: 8, mvex: 8, moof: 8, traf: 8 },
  ...{ dref: 16, stsd: 16, avc1: 86, mp4a: 36 },
}

/** A picture with its stamp and a slice that is none, and a frame of sound. */
export const healthyFragment: Buffer = writeFragment(7, [
  {
    id: 1,
    decodeTime: 90_000,
    samples: [{ data: stampedPicture(), duration: 3_000, compositionOffset: 0, key: true }],
  },
  {
    id: 2,
    decodeTime: 48_000,
    samples: [
      { data: Buffer.alloc(6, 0x21), duration: 1_024, compositionOffset: 0, key: true },
      { data: Buffer.alloc(6, 0x21), duration: 1_024, compositionOffset: 0, key: true },
    ],
  },
])

const VIDEO: Track = {
  ...{ kind: 'video' as const, codec: 'avc1' as const, codecString: 'avc1.42c01e' },
  ...{ config: AVCC, width: 640, height: 360 },
}
const AUDIO: Track = {
  ...{ kind: 'audio' as const, codec: 'mp4a' as const, codecString: 'mp4a.40.2' },
  ...{ config: Buffer.from('1190', 'hex'), sampleRate: 48_000, channels: 2 },
}

export const healthyInit: Buffer = Buffer.from(writeInit([VIDEO, AUDIO]))

const initCases = (prefix: string, track: Track) =>
  boxCases(prefix, Buffer.from(writeInit([track])), {
    sizes: [0, 7, 0xffffffff],
    wordsOf: ({ path }) => (/(avcC|esds|stsd|mdhd)$/.test(path) ? 16 : 0),
  })

/** Fragments follow a healthy initialisation segment; those of `init` follow nothing. */
export const fmp4Tables: Readonly<Record<string, readonly CorpusCase[]>> = {
  init: [...initCases('video', VIDEO), ...initCases('audio', AUDIO)],
  fragment: boxCases('fragment', healthyFragment, {
    sizes: [0, 1, 7, 0x7fffffff, 0xffffffff],
    wordsOf: () => 32,
  }),
}

function stampedPicture(): Buffer {
  const slice = Buffer.from([0x65, 0x88, 0x84, 0x21])
  return Buffer.concat([length(STAMP), STAMP, length(slice), slice])
}

function length(bytes: Buffer): Buffer {
  const prefix = Buffer.alloc(4)
  prefix.writeUInt32BE(bytes.length)
  return prefix
}

interface Place {
  /** `moof.traf.trun` */
  readonly path: string
  readonly at: number
  readonly size: number
  /** Where the boxes around it begin. */
  readonly around: readonly number[]
}

function boxesIn(
  bytes: Buffer,
  [from, to]: readonly [number, number],
  within = '',
  around: readonly number[] = [],
): Place[] {
  const places: Place[] = []
  for (let at = from; at + 8 <= to; ) {
    const size = bytes.readUInt32BE(at)
    const type = bytes.toString('latin1', at + 4, at + 8)
    const path = `${within}${type}`
    places.push({ path, at, size, around })
    const inside = CONTAINERS[type]
    if (inside)
      places.push(...boxesIn(bytes, [at + inside, at + size], `${path}.`, [...around, at]))
    at += size
  }
  return places
}

interface Breakage {
  readonly sizes: readonly number[]
  /** Bytes of a box's body of which each word is set wrong. */
  wordsOf(place: Place): number
}

/**
 * Every box with a wrong size, with a type that nobody knows, missing, twice, cut short, and with
 * the words of its body at the values where readers turn wrong.
 */
function boxCases(prefix: string, healthy: Buffer, breakage: Breakage): CorpusCase[] {
  return boxesIn(healthy, [0, healthy.length]).flatMap((place, index) => {
    const { path, at, size, around } = place
    const name = `${prefix}/${index}-${path}`
    const word = (where: number, value: number) => {
      const bytes = Buffer.from(healthy)
      bytes.writeUInt32BE(value, where)
      return bytes
    }
    const sizes = [...breakage.sizes, size - 1, size + 1]
    const end = Math.min(size - 3, 8 + breakage.wordsOf(place))
    const words = []
    for (let inside = 8; inside < end; inside += 4) words.push(at + inside)
    /** Another content in its place, with the sizes of the boxes around it made right. */
    const instead = (...content: readonly Buffer[]) => {
      const head = Buffer.from(healthy.subarray(0, at))
      const added = Buffer.concat(content).length - size
      for (const outer of around) head.writeUInt32BE(head.readUInt32BE(outer) + added, outer)
      return Buffer.concat([head, ...content, healthy.subarray(at + size)])
    }
    const box = healthy.subarray(at, at + size)
    return [
      ...sizes.map((value) => ({ name: `${name}/size=${value}`, bytes: word(at, value) })),
      { name: `${name}/unknown`, bytes: word(at + 4, 0x3f3f3f3f) },
      { name: `${name}/missing`, bytes: instead() },
      { name: `${name}/twice`, bytes: instead(box, box) },
      { name: `${name}/cut`, bytes: Buffer.from(healthy.subarray(0, at + (size >> 1))) },
      ...words.flatMap((where) =>
        [0, 1, 0xffffffff]
          .filter((value) => value !== healthy.readUInt32BE(where))
          .map((value) => ({ name: `${name}/+${where - at}=${value}`, bytes: word(where, value) })),
      ),
    ]
  })
}
