import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { IngestRecord } from '../../conformance/ingest-record.ts'
import { madeSession } from '../../conformance/testing/ingest-session.ts'
import { readRtmpClient } from '../record/rtmp-wire-of.ts'
import { readTimed, writeTimed } from '../record/timed.ts'
import { checkWire } from './wire-check.ts'

const capture = readFileSync(
  new URL('../../../fixtures/captures/obs-29.0.2-rtmp.bin', import.meta.url),
)
const PIECE_BYTES = 1_460

/** The capture as it may have come: in segments, one each 20 ms. */
const pieces = Array.from({ length: Math.ceil(capture.length / PIECE_BYTES) }, (_, i) => ({
  at: i * 20,
  bytes: capture.subarray(i * PIECE_BYTES, (i + 1) * PIECE_BYTES),
}))
const file = { path: 'wire/rtmp-0.bin', bytes: writeTimed(pieces) }

/** What an ingest writes down of it, read by another reader than the check's. */
function session(): IngestRecord {
  const media = readRtmpClient(capture).messages.flatMap(({ type, timestamp, payload }) => {
    const header = type === 9 ? 5 : 2
    const frame = (type === 8 || type === 9) && payload[1] === 1
    return frame ? [{ type, timestamp, size: payload.length - header }] : []
  })
  // A reader of messages does not know when they came: here, evenly.
  const share = (pieces.length * 20) / media.length
  const column = (of: (one: (typeof media)[number], i: number) => number) => media.map(of)
  return madeSession({
    seconds: 1,
    record: {
      frames: {
        track: column(({ type }) => (type === 9 ? 0 : 1)),
        dts: column(({ timestamp }) => timestamp * 90),
        cts: column(() => 0),
        key: column(() => 1),
        idr: column(() => 1),
        size: column(({ size }) => size),
        at: column((_, i) => i * share),
      },
    },
  })
}

const differenceOf = (record: IngestRecord, wire = [file]) =>
  checkWire({ sessions: [record] }, wire).map(({ difference }) => difference)

describe('What came on the wire', () => {
  it('bears out the session that was made of it, to its end or to where it was cut', () => {
    const [whole] = checkWire({ sessions: [session()] }, [file])
    expect(whole).toEqual({ path: file.path, compared: 411 + 642, difference: null })
    const cut = { ...file, bytes: file.bytes.subarray(0, 200_000) }
    const [part] = checkWire({ sessions: [session()] }, [cut])
    expect(part!.difference).toBeNull()
    expect(part!.compared).toBeGreaterThan(100)
  })

  it.each([
    ['size', 100, (n: number) => n + 1, /frame 100 of the session has \d+ bytes on the wire/],
    ['dts', 50, (n: number) => n + 900, /frame 50 of the session is stamped/],
    ['track', 9, (n: number) => 1 - n, /frame 9 of the session is of another track/],
    ['at', 600, (n: number) => n + 5_000, /frame 600 of the session came at/],
  ] as const)('does not bear out another %s', (column, index, change, said) => {
    const record = session()
    record.frames[column][index] = change(record.frames[column][index]!)
    expect(differenceOf(record)[0]).toMatch(said)
  })

  it('of a connection that was refused needs no session', () => {
    const refused = { ...file, path: 'wire/rtmp-0.bin' }
    const taken = { ...file, path: 'wire/rtmp-1.bin' }
    expect(differenceOf(session(), [refused, taken])).toEqual([null, null])
  })

  it('over SRT has as many packets as the session', () => {
    const bytes = readFileSync(
      new URL('../../../fixtures/captures/obs-29.0.2-srt.bin', import.meta.url),
    )
    const data = readTimed(bytes).filter(({ bytes: one }) => one[0]! < 0x80).length
    const srt = (packets: number, maxPayload = 1_316) => ({
      ...madeSession({ seconds: 1, events: [{ at: 0, type: 'srt-stats', packets, maxPayload }] }),
      protocol: 'srt' as const,
    })
    const wire = [{ path: 'wire/srt-0.bin', bytes }]
    expect(checkWire({ sessions: [srt(data)] }, wire)).toEqual([
      { path: 'wire/srt-0.bin', compared: data, difference: null },
    ])
    expect(differenceOf(srt(data >> 1), wire)[0]).toMatch(/data packets on the wire/)
    expect(differenceOf(srt(data, 188), wire)[0]).toMatch(/payloads of 1316 bytes/)
  })

  it('of whatever bytes is compared, and nothing else happens', () => {
    const record = session()
    fc.assert(
      fc.property(
        fc.array(fc.record({ at: fc.nat(), value: fc.nat({ max: 255 }) }), { maxLength: 10 }),
        fc.uint8Array({ maxLength: 500 }),
        fc.constantFrom('rtmp', 'srt'),
        (changes, junk, protocol) => {
          const changed = Buffer.from(file.bytes.subarray(0, 60_000))
          for (const { at, value } of changes) changed[at % changed.length] = value
          const wire = [changed, junk].map((bytes, i) => ({
            path: `wire/${protocol}-${i}.bin`,
            bytes,
          }))
          for (const { compared } of checkWire({ sessions: [record] }, wire))
            expect(compared).toBeGreaterThan(0)
        },
      ),
    )
  })

  it('in very many crumbs is read in a moment', () => {
    const head = capture.subarray(0, 1 + 2 * 1536)
    // Chunks may be huge; then one of a megabyte, a byte at a time.
    const chunk = Buffer.from('0200000000000401000000007fffffff0600000010000009010000006500', 'hex')
    const crumbs = Buffer.alloc(7 * 400_000, Buffer.from([0, 0, 0, 0, 0, 1, 0]))
    const begun = writeTimed([{ at: 0, bytes: Buffer.concat([head, chunk]) }])
    const bytes = Buffer.concat([begun, crumbs])
    const before = process.cpuUsage().user
    expect(checkWire({ sessions: [session()] }, [{ path: 'wire/rtmp-0.bin', bytes }])).toEqual([])
    expect((process.cpuUsage().user - before) / 1e6).toBeLessThan(10)
  })
})
