import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { WireError } from '../errors.ts'
import { buildAdts, splitAdts } from './aac-adts.ts'
import { LatmReader } from './aac-latm.ts'
import { TS_CLOCK_WRAP, TS_PACKET_BYTES, TsClock, TsStreamType } from './mpeg-ts.ts'
import { TsDemuxer, type TsHandler, type TsPes } from './mpeg-ts-demuxer.ts'
import { TsMuxer } from './mpeg-ts-muxer.ts'
import { parseTsPacket } from './mpeg-ts-packet.ts'
import { buildPes, parsePesHeader } from './mpeg-ts-pes.ts'
import { buildPat, buildPmt, parsePat, parsePmt, sectionOf } from './mpeg-ts-psi.ts'

const VIDEO = { pid: 0x100, type: TsStreamType.h264 }
const AUDIO = { pid: 0x101, type: TsStreamType.adts }

class Collector implements TsHandler {
  readonly units: TsPes[] = []
  readonly faults: string[] = []
  readonly pcrs: number[] = []
  streamsSeen: unknown = null
  pats = 0
  pmts = 0
  pat() {
    this.pats += 1
  }
  pmt() {
    this.pmts += 1
  }
  streams(streams: unknown) {
    this.streamsSeen = streams
  }
  pcr(pcr: number) {
    this.pcrs.push(pcr)
  }
  pes(pes: TsPes) {
    this.units.push(pes)
  }
  fault(fault: string, _pid: number, detail: string) {
    this.faults.push(`${fault}: ${detail}`)
  }
}

function muxed(count: number): { bytes: Buffer; sizes: number[] } {
  const muxer = new TsMuxer({ streams: [VIDEO, AUDIO], pcrPid: VIDEO.pid })
  const sizes: number[] = []
  const parts: Buffer[] = []
  for (let i = 0; i < count; i++) {
    const video = i % 2 === 0
    const size = 1 + ((i * 397) % 3000)
    sizes.push(size)
    const dts = 90_000 + i * 1500
    const ids = video ? { pid: VIDEO.pid, streamId: 0xe0 } : { pid: AUDIO.pid, streamId: 0xc0 }
    const times = { dts, pts: video ? dts + 3000 : dts }
    parts.push(muxer.unit({ ...ids, ...times, key: i === 0, data: Buffer.alloc(size, i) }))
  }
  return { bytes: Buffer.concat(parts), sizes }
}

function demux(bytes: Uint8Array, pieceSize = bytes.length): Collector {
  const collector = new Collector()
  const demuxer = new TsDemuxer(collector)
  for (let at = 0; at < bytes.length; at += pieceSize) {
    demuxer.push(bytes.subarray(at, at + pieceSize), at)
  }
  demuxer.flush()
  return collector
}

describe('a transport stream', () => {
  const { bytes, sizes } = muxed(40)

  it('comes apart as it was put together, however it is cut', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), (piece) => {
        const { units, faults, streamsSeen, pats, pmts, pcrs } = demux(bytes, piece)
        expect(faults).toEqual([])
        expect(streamsSeen).toEqual([VIDEO, AUDIO])
        const read = [...units].sort((a, b) => (a.dts ?? 0) - (b.dts ?? 0))
        expect(read.map((unit) => unit.data.length)).toEqual(sizes)
        expect(read.every((unit, i) => unit.data.every((byte) => byte === i))).toBe(true)
        expect(read[0]).toMatchObject({ pts: 93_000, dts: 90_000, pid: VIDEO.pid, whole: true })
        expect([pats, pmts]).toEqual([7, 7])
        expect(pcrs.length).toBeGreaterThan(5)
      }),
      { numRuns: 30 },
    )
  })

  it('finds its packets again behind bytes that do not belong', () => {
    const at = 10 * TS_PACKET_BYTES
    const junk = Buffer.alloc(5, 1)
    const { faults, units } = demux(
      Buffer.concat([bytes.subarray(0, at), junk, bytes.subarray(at)]),
    )
    expect(faults).toEqual(['sync: 0x01 instead of 0x47'])
    expect(units).toHaveLength(sizes.length)
  })

  it('says which packets are missing', () => {
    const at = 6 * TS_PACKET_BYTES
    const { faults, units } = demux(
      Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + TS_PACKET_BYTES)]),
    )
    expect(faults).toHaveLength(1)
    expect(faults[0]).toMatch(/^continuity: counter \d+ instead of \d+$/)
    expect(units.filter((unit) => !unit.whole)).toHaveLength(1)
  })

  it('takes tables that come twice with the same counter as one (2.4.3.3)', () => {
    const { bytes } = muxed(6)
    const tables = bytes.subarray(0, 2 * TS_PACKET_BYTES)
    const { faults, units } = demux(Buffer.concat([tables, bytes]))
    expect(faults).toEqual([])
    expect(units.length).toBe(demux(bytes).units.length)
    const changed = Buffer.from(tables)
    changed[60] = 0
    expect(demux(Buffer.concat([changed, bytes])).faults[0]).toMatch(/^continuity/)
  })

  it('never breaks its reader', () => {
    const change = fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 }))
    fc.assert(
      fc.property(fc.array(change, { maxLength: 20 }), (changes) => {
        const damaged = Buffer.from(bytes.subarray(0, 40 * TS_PACKET_BYTES))
        for (const [at, value] of changes) damaged[at % damaged.length] = value
        expect(() => demux(damaged, 1316)).not.toThrow()
      }),
      { numRuns: 300 },
    )
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1000 }), (random) => {
        expect(() => demux(random)).not.toThrow()
      }),
    )
  })

  it('ends a PES packet that grows without end', () => {
    const collector = new Collector()
    const demuxer = new TsDemuxer(collector)
    demuxer.push(bytes.subarray(0, 3 * TS_PACKET_BYTES), 0)
    const more = Buffer.alloc(TS_PACKET_BYTES, 0x55)
    for (let i = 0; i < 30_000; i++) {
      const continuity = (((bytes[2 * TS_PACKET_BYTES + 3] ?? 0) & 15) + 1 + i) & 15
      more.set([0x47, VIDEO.pid >> 8, VIDEO.pid & 255, 0x10 | continuity])
      demuxer.push(Buffer.from(more), i)
    }
    expect(collector.faults.filter((fault) => fault.startsWith('oversized'))).toHaveLength(1)
    expect(collector.units).toHaveLength(0)
  })
})

describe('tables', () => {
  it('are read as they were written, with a checked CRC', () => {
    const programs = [{ number: 1, pmtPid: 0x1000 }]
    const pat = buildPat(programs)
    expect(parsePat(sectionOf(pat) ?? new Uint8Array())).toEqual(programs)
    const map = { version: 3, pcrPid: 0x100, streams: [VIDEO, AUDIO] }
    const pmt = buildPmt(1, map)
    expect(parsePmt(sectionOf(pmt) ?? new Uint8Array())).toEqual(map)
    const damaged = Buffer.from(pat)
    damaged[10] = (damaged[10] ?? 0) ^ 1
    expect(() => parsePat(sectionOf(damaged) ?? new Uint8Array())).toThrow('CRC')
  })
})

describe('clocks', () => {
  it('go on across 33 bits', () => {
    const clock = new TsClock()
    expect(clock.unwrap(TS_CLOCK_WRAP - 100)).toBe(TS_CLOCK_WRAP - 100)
    expect(clock.unwrap(50)).toBe(TS_CLOCK_WRAP + 50)
    expect(clock.unwrap(TS_CLOCK_WRAP - 10)).toBe(TS_CLOCK_WRAP - 10)
  })

  it('survive the PES header', () => {
    const ticks = fc.integer({ min: 0, max: TS_CLOCK_WRAP - 1 })
    fc.assert(
      fc.property(ticks, ticks, (pts, dts) => {
        const pes = buildPes({ streamId: 0xe0, pts, dts, unbounded: false }, Buffer.from('abc'))
        const read = parsePesHeader(pes)
        expect(read).toMatchObject({ pts, dts, bytes: pes.length })
        expect(pes.subarray(read.offset).toString()).toBe('abc')
      }),
    )
  })

  it('are 27 MHz in a PCR', () => {
    const muxer = new TsMuxer({ streams: [VIDEO], pcrPid: VIDEO.pid })
    const dts = 2 ** 33 - 1
    const unit = { pid: VIDEO.pid, streamId: 0xe0, pts: dts, dts, key: true, data: Buffer.alloc(9) }
    const bytes = muxer.unit(unit)
    expect(parseTsPacket(bytes, 2 * TS_PACKET_BYTES)).toMatchObject({
      pcr: (dts - 63_000) * 300,
      randomAccess: true,
    })
  })
})

describe('AAC', () => {
  it('comes out of ADTS as it went in', () => {
    const config = Buffer.from('1190', 'hex')
    const frame = fc.uint8Array({ minLength: 1, maxLength: 500 })
    fc.assert(
      fc.property(fc.array(frame, { minLength: 1, maxLength: 5 }), (frames) => {
        const stream = Buffer.concat(frames.map((data) => buildAdts(config, data)))
        const read = splitAdts(stream)
        expect(read.frames.map(({ data }) => Buffer.from(data).toString('hex'))).toEqual(
          frames.map((data) => Buffer.from(data).toString('hex')),
        )
        expect(read.frames[0]).toMatchObject({ sampleRate: 48_000 })
        expect(Buffer.from(read.frames[0]?.config ?? []).toString('hex')).toBe('1190')
        expect(splitAdts(stream.subarray(0, -1)).frames).toHaveLength(frames.length - 1)
      }),
    )
  })

  it('never breaks its readers', () => {
    for (const read of [splitAdts, (input: Uint8Array) => new LatmReader().push(input)]) {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 100 }), (random) => {
          const prefixes = [[], [0xff, 0xf1], [0x56, 0xe0, 40]]
          for (const prefix of prefixes) {
            try {
              read(Uint8Array.from([...prefix, ...random]))
            } catch (error) {
              expect(error).toBeInstanceOf(WireError)
            }
          }
        }),
      )
    }
  })
})

describe('audio that is nothing but headers', () => {
  it('is refused before it costs anything', () => {
    const empty = Buffer.alloc(100_000, Buffer.from('fff1508000fffc', 'hex'))
    expect(() => splitAdts(empty)).toThrow('more than 1024 AAC frames')
  })
})
