import {
  buildAacFrame,
  buildAacSequenceHeader,
  buildAvcFrame,
  buildAvcSequenceHeader,
  buildEnhancedAudio,
  buildEnhancedFrame,
} from '../../../reference-impl/wire/flv-build.ts'
import { writeFlvFile } from '../../../reference-impl/wire/flv-file.ts'
import { type CorpusCase, type Field, fieldCases } from './corpus-case.ts'

const AVCC = Buffer.from('0142c01effe1000a6742c01ed900a02ff97001000468cb83cb', 'hex')
const PICTURE = Buffer.from('0000000465888421', 'hex')
const FRAME = buildAvcFrame(true, 0, PICTURE)
const SOUND = buildAacFrame(Buffer.alloc(6, 0x21))
const FILE = writeFlvFile([
  { type: 9, timestamp: 0, data: buildAvcSequenceHeader(AVCC) },
  { type: 9, timestamp: 40, data: FRAME },
  { type: 8, timestamp: 40, data: SOUND },
])

const FILE_FIELDS: readonly Field[] = [
  { name: 'signature', at: 0, size: 1 },
  { name: 'version', at: 3, size: 1 },
  { name: 'header-size', at: 5, size: 4 },
  { name: 'tag-type', at: 13, size: 1 },
  { name: 'data-size', at: 14, size: 2 },
  { name: 'timestamp', at: 17, size: 4 },
]

/** Every value of the first byte, with the rest of the body as it was, and with nothing behind it. */
function firstBytes(prefix: string, body: Buffer): CorpusCase[] {
  return Array.from({ length: 256 }, (_, value) => value).flatMap((value) => {
    const bytes = Buffer.from(body)
    bytes[0] = value
    const name = `${prefix}/first=0x${value.toString(16).padStart(2, '0')}`
    return [
      { name, bytes },
      { name: `${name}/alone`, bytes: Buffer.of(value) },
    ]
  })
}

/** Values of the second byte, which says what kind of packet it is. */
function packetTypes(prefix: string, body: Buffer): CorpusCase[] {
  return [2, 3, 0x7f, 0x80, 0xff].map((value) => {
    const bytes = Buffer.from(body)
    bytes[1] = value
    return { name: `${prefix}/packet-type=${value}`, bytes }
  })
}

/** A body that ends after each of its first bytes. */
function cuts(prefix: string, body: Buffer): CorpusCase[] {
  return Array.from({ length: Math.min(20, body.length) }, (_, end) => ({
    name: `${prefix}/cut-at-${end}`,
    bytes: Buffer.from(body.subarray(0, end)),
  }))
}

/** Bodies of FLV tags, as RTMP carries them too, and whole files. */
export const flvTables: Readonly<Record<string, readonly CorpusCase[]>> = {
  video: [
    ...firstBytes('video', FRAME),
    ...packetTypes('video', FRAME),
    ...cuts('avc-header', buildAvcSequenceHeader(AVCC)),
    ...cuts('avc-frame', FRAME),
    ...cuts('hvc1-frame', buildEnhancedFrame('hvc1', true, 40, PICTURE)),
    ...cuts('av01-frame', buildEnhancedFrame('av01', true, 0, PICTURE)),
    ...[0, 1, 254, 255].map((size) => ({
      name: `mod-ex/size=${size}`,
      bytes: Buffer.concat([Buffer.of(0x97, size), PICTURE]),
    })),
    { name: 'mod-ex/long', bytes: Buffer.concat([Buffer.of(0x97, 255, 0xff, 0xff), PICTURE]) },
    { name: 'mod-ex/chained', bytes: Buffer.concat([Buffer.of(0x97), Buffer.alloc(3_000, 7)]) },
  ],
  audio: [
    ...firstBytes('audio', SOUND),
    ...packetTypes('audio', SOUND),
    ...cuts('aac-header', buildAacSequenceHeader(Buffer.from('1190', 'hex'))),
    ...cuts('opus-frame', buildEnhancedAudio('Opus', false, PICTURE)),
  ],
  file: [...fieldCases('file', FILE, FILE_FIELDS), ...cuts('file', FILE)],
}
