import { buildAdts } from '../../../reference-impl/wire/aac-adts.ts'
import { TsStreamType } from '../../../reference-impl/wire/mpeg-ts.ts'
import { TsMuxer } from '../../../reference-impl/wire/mpeg-ts-muxer.ts'
import { tsCrc32 } from '../../../reference-impl/wire/mpeg-ts-psi.ts'
import { type CorpusCase, type Field, fieldCases } from './corpus-case.ts'

const PACKET = 188
const VIDEO = 0x100
const AUDIO = 0x101
/** Where sections begin in their packet: behind header and pointer. */
const SECTION = 5
/** 640x360 */
const SPS = Buffer.from('6742c01ed900a02ff970110000030001000003003c0f162e48', 'hex')
const PPS = Buffer.from('68cb83cb', 'hex')
const AAC_LC_STEREO = Buffer.from('1190', 'hex')

/** PAT, PMT, a key frame with parameter sets in two packets, and a frame of audio. */
export function healthyTs(start = 90_000): Buffer {
  const muxer = new TsMuxer({
    streams: [
      { pid: VIDEO, type: TsStreamType.h264 },
      { pid: AUDIO, type: TsStreamType.adts },
    ],
    pcrPid: VIDEO,
  })
  const code = Buffer.of(0, 0, 0, 1)
  const slice = Buffer.concat([Buffer.of(0x65), Buffer.alloc(200, 0x5a)])
  const picture = Buffer.concat([code, SPS, code, PPS, code, slice])
  const times = { pts: start + 3_000, dts: start, key: true }
  return Buffer.concat([
    muxer.unit({ pid: VIDEO, streamId: 0xe0, ...times, data: picture }),
    muxer.unit({
      pid: AUDIO,
      streamId: 0xc0,
      ...{ pts: start, dts: start, key: true },
      data: buildAdts(AAC_LC_STEREO, Buffer.alloc(60, 0x21)),
    }),
  ])
}

const healthy = healthyTs()

function packetAt(index: number): Buffer {
  return healthy.subarray(index * PACKET, (index + 1) * PACKET)
}

/** The whole stream with another packet in the place of one. */
function within(index: number, cases: readonly CorpusCase[]): CorpusCase[] {
  return cases.map(({ name, bytes }) => ({
    name,
    bytes: Buffer.concat([
      healthy.subarray(0, index * PACKET),
      bytes,
      healthy.subarray((index + 1) * PACKET),
    ]),
  }))
}

const HEADER: readonly Field[] = [
  { name: 'sync', at: 0, size: 1 },
  { name: 'flags-and-pid', at: 1, size: 2 },
  { name: 'control-and-counter', at: 3, size: 1 },
]
const ADAPTATION: readonly Field[] = [
  { name: 'adaptation-length', at: 4, size: 1 },
  { name: 'adaptation-flags', at: 5, size: 1 },
  { name: 'pcr', at: 6, size: 4 },
]

/** Sections read on only when their CRC is right: it is made anew. */
function withCrc(packet: Buffer): Buffer {
  const length = ((packet[SECTION + 1] ?? 0) & 0x0f) * 256 + (packet[SECTION + 2] ?? 0)
  const crcAt = SECTION + 3 + length - 4
  if (crcAt >= SECTION && crcAt + 4 <= packet.length) {
    packet.writeUInt32BE(tsCrc32(packet.subarray(SECTION, crcAt)), crcAt)
  }
  return packet
}

function section(extra: readonly Field[]): Field[] {
  return [
    { name: 'pointer', at: 4, size: 1 },
    { name: 'table', at: SECTION, size: 1 },
    { name: 'length', at: SECTION + 1, size: 2 },
    { name: 'id', at: SECTION + 3, size: 2 },
    { name: 'version', at: SECTION + 5, size: 1 },
    { name: 'section', at: SECTION + 6, size: 1 },
    { name: 'last-section', at: SECTION + 7, size: 1 },
    ...extra,
  ]
}

function sections(): CorpusCase[] {
  const pat = section([
    { name: 'program', at: SECTION + 8, size: 2 },
    { name: 'pmt-pid', at: SECTION + 10, size: 2 },
  ])
  const pmt = section([
    { name: 'pcr-pid', at: SECTION + 8, size: 2 },
    { name: 'info-length', at: SECTION + 10, size: 2 },
    { name: 'stream-type', at: SECTION + 12, size: 1 },
    { name: 'stream-pid', at: SECTION + 13, size: 2 },
    { name: 'stream-info-length', at: SECTION + 15, size: 2 },
  ])
  const crc: Field = { name: 'crc', at: SECTION + 12, size: 4 }
  return [
    ...within(0, fieldCases('pat', packetAt(0), pat, withCrc)),
    ...within(0, fieldCases('pat', packetAt(0), [crc])),
    ...within(1, fieldCases('pmt', packetAt(1), pmt, withCrc)),
  ]
}

function pes(index: number, prefix: string): CorpusCase[] {
  const packet = packetAt(index)
  const at = 5 + (packet[4] ?? 0)
  return within(
    index,
    fieldCases(prefix, packet, [
      { name: 'start-code', at, size: 2 },
      { name: 'stream-id', at: at + 3, size: 1 },
      { name: 'length', at: at + 4, size: 2 },
      { name: 'form', at: at + 6, size: 1 },
      { name: 'flags', at: at + 7, size: 1 },
      { name: 'header-length', at: at + 8, size: 1 },
      { name: 'pts', at: at + 9, size: 4 },
      { name: 'first-data', at: at + 14, size: 4 },
    ]),
  )
}

/** Every field of packets, tables and PES headers, each within an otherwise whole stream. */
export const tsTables: Readonly<Record<string, readonly CorpusCase[]>> = {
  packets: [
    ...within(0, fieldCases('packet', packetAt(0), HEADER)),
    ...within(2, fieldCases('picture', packetAt(2), [...HEADER, ...ADAPTATION])),
  ],
  sections: sections(),
  pes: [...pes(2, 'video'), ...pes(healthy.length / PACKET - 1, 'audio')],
}
