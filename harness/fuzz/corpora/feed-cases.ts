import { writeFragmentRecord, writeInitRecord } from '../../../reference-impl/cdn/feed-record.ts'
import { type FragmentPacket, PACKET_HEADROOM } from '../../../reference-impl/live/packet.ts'
import { type CorpusCase, type Field, fieldCases } from './corpus-case.ts'

const MEDIA = Buffer.from('000000086d6f6f66000000086d646174', 'hex')
const buffer = Buffer.concat([Buffer.alloc(PACKET_HEADROOM), MEDIA])
const PACKET: FragmentPacket = {
  ...{ kind: 'fragment', sequence: 7, key: true, time: 90_000, duration: 3_000 },
  ...{ arrivedAt: 1_234.5, buffer },
}
const AUDIO = {
  ...({ kind: 'audio', codec: 'mp4a', codecString: 'mp4a.40.2' } as const),
  ...{ config: Buffer.from('1190', 'hex'), sampleRate: 48_000, channels: 2 },
}
const arrived = (record: Buffer) => Buffer.from(record.subarray(PACKET_HEADROOM))
const FRAGMENT = arrived(writeFragmentRecord(PACKET, 0))
const INIT = arrived(writeInitRecord({ kind: 'init', tracks: { audio: AUDIO }, buffer }))

const FRAGMENT_FIELDS: readonly Field[] = [
  { name: 'kind', at: 0, size: 1 },
  { name: 'flags', at: 1, size: 1 },
  { name: 'sequence', at: 4, size: 4 },
  { name: 'time', at: 8, size: 4 },
  { name: 'duration', at: 16, size: 4 },
  { name: 'arrival', at: 24, size: 4 },
  { name: 'media', at: 32, size: 4 },
]
const INIT_FIELDS: readonly Field[] = [
  { name: 'kind', at: 0, size: 1 },
  { name: 'length', at: 2, size: 2 },
  { name: 'tracks', at: 4, size: 4 },
]

/** Times that are no times. */
const TIMES = [Number.NaN, Number.POSITIVE_INFINITY, -1, 2 ** 60, Number.MAX_VALUE]

function times(): CorpusCase[] {
  return [8, 16, 24].flatMap((at) =>
    TIMES.map((value) => {
      const bytes = Buffer.from(FRAGMENT)
      bytes.writeDoubleBE(value, at)
      return { name: `fragment/+${at}=${value}`, bytes }
    }),
  )
}

const NOTES: readonly string[] = [
  ...['', '{', 'null', '[]', '0', '"opened"', '{"type":"opened"}', '{"type":"nothing"}'],
  '{"type":"opened","generation":-1,"instance":"a"}',
  '{"type":"opened","generation":1e999,"instance":"a"}',
  `{"type":"opened","generation":1,"instance":"${'a'.repeat(65)}"}`,
  '{"type":"opened","generation":1,"instance":"a","more":1}',
  '{"type":"state","publishing":1,"frameRate":null}',
  '{"type":"state","publishing":true,"frameRate":0}',
  '{"type":"discontinuity","reason":"mood","init":true,"sequence":0}',
  '{"type":"metadata","handler":"onMetaData","value":{"__proto__":{"a":1}},"time":0}',
  `{"type":"metadata","handler":"${'a'.repeat(300)}","value":0,"time":0}`,
  '{"type":"end","reason":"tired"}',
  '{"type":"refused","state":"unheard-of"}',
  '['.repeat(5_000),
  '{"type":'.repeat(2_000),
]

/** What an edge may be sent in place of a feed: binary records, and notes in JSON. */
export const feedTables: Readonly<Record<string, readonly CorpusCase[]>> = {
  records: [
    ...fieldCases('fragment', FRAGMENT, FRAGMENT_FIELDS),
    ...fieldCases('init', INIT, INIT_FIELDS),
    ...times(),
  ],
  notes: NOTES.map((note, index) => ({
    name: `note/${index}`,
    bytes: Buffer.from(note, 'latin1'),
  })),
}
