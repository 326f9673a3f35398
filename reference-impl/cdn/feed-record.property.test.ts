import fc from 'fast-check'
import { expect, test } from 'vitest'
import { WireError } from '../errors.ts'
import { type FragmentPacket, mediaOf, PACKET_HEADROOM } from '../live/packet.ts'
import { readCorpus } from '../wire/testing/read-corpus.ts'
import { readEdgeMessage, readOriginMessage } from './control-message.ts'
import { readMediaRecord, readNote, writeFragmentRecord, writeInitRecord } from './feed-record.ts'

/** A record as it arrives: without the headroom for the WebSocket header. */
const arrived = (record: Buffer) => Buffer.from(record.subarray(PACKET_HEADROOM))
const media = fc.uint8Array({ minLength: 8, maxLength: 300 })
const withHeadroom = (bytes: Uint8Array) => Buffer.concat([Buffer.alloc(PACKET_HEADROOM), bytes])

const fragment: fc.Arbitrary<FragmentPacket> = fc.record({
  kind: fc.constant('fragment' as const),
  sequence: fc.integer({ min: 0, max: 0xffffffff }),
  key: fc.boolean(),
  time: fc.integer({ min: 0, max: 2 ** 50 }),
  duration: fc.integer({ min: 0, max: 900_000 }),
  arrivedAt: fc.integer({ min: 0, max: 2 ** 40 }),
  buffer: media.map(withHeadroom),
})

test('a fragment arrives as it was sent, in the clock of the other machine', () => {
  fc.assert(
    fc.property(fragment, fc.integer({ min: 0, max: 2 ** 40 }), (packet, offset) => {
      const read = readMediaRecord(arrived(writeFragmentRecord(packet, offset)), offset)
      if (read.kind !== 'fragment') throw new TypeError('no fragment')
      expect({ ...read, buffer: null }).toEqual({ ...packet, buffer: null })
      expect(mediaOf(read).equals(mediaOf(packet))).toBe(true)
    }),
  )
})

test('an initialisation segment arrives with its tracks', () => {
  fc.assert(
    fc.property(media, fc.uint8Array({ maxLength: 100 }), (bytes, config) => {
      const audio = {
        kind: 'audio',
        codec: 'mp4a',
        config,
        sampleRate: 48_000,
        channels: 2,
        codecString: 'mp4a.40.2',
      } as const
      const packet = { kind: 'init', tracks: { audio }, buffer: withHeadroom(bytes) } as const
      const read = readMediaRecord(arrived(writeInitRecord(packet)), 0)
      if (read.kind !== 'init') throw new TypeError('no initialisation segment')
      expect(read.tracks).toEqual({ audio })
      expect(mediaOf(read).equals(mediaOf(packet))).toBe(true)
    }),
  )
})

/** Whatever comes is read, or refused with a code: never another error. */
function refusesOrReads(read: () => unknown): void {
  try {
    read()
  } catch (error) {
    expect(error).toBeInstanceOf(WireError)
  }
}

test('any bytes are read or refused', () => {
  const start = fc.constantFrom([], [1, 0, 0, 20], [2, 1], [1, 0, 255, 255])
  fc.assert(
    fc.property(start, fc.uint8Array({ maxLength: 200 }), (head, rest) => {
      refusesOrReads(() => readMediaRecord(Buffer.from([...head, ...rest]), 0))
    }),
    { numRuns: 1000 },
  )
})

test('a record that was changed in one byte is read or refused', () => {
  fc.assert(
    fc.property(fragment, fc.nat(), fc.integer({ min: 0, max: 255 }), (packet, at, value) => {
      const record = arrived(writeFragmentRecord(packet, 0))
      record[at % record.length] = value
      refusesOrReads(() => readMediaRecord(record, 0))
    }),
  )
})

test('any JSON and any text between origin and edge is read or refused', () => {
  const type = fc.constantFrom(
    'opened',
    'state',
    'metadata',
    'end',
    'hello',
    'heartbeat',
    'welcome',
  )
  const text = fc.oneof(
    fc.string(),
    fc.json(),
    fc
      .tuple(type, fc.dictionary(fc.string(), fc.jsonValue()))
      .map(([name, rest]) => JSON.stringify({ ...rest, type: name })),
  )
  fc.assert(
    fc.property(text, (message) => {
      for (const read of [readNote, readEdgeMessage, readOriginMessage]) {
        refusesOrReads(() => read(message))
      }
    }),
  )
})

test('every malformed record and note of the corpus is read or refused', () => {
  const cases = readCorpus('feed')
  expect(cases.length).toBeGreaterThan(60)
  for (const { bytes } of cases) {
    refusesOrReads(() => readMediaRecord(bytes, 0))
    for (const read of [readNote, readEdgeMessage, readOriginMessage])
      refusesOrReads(() => read(bytes.toString('latin1')))
  }
})
