// ISO 13818-1: takes a transport stream apart.
import { WireError } from '../errors.ts'
import { MAX_HELD_PACKETS, MAX_PES_BYTES, MAX_TABLE_BYTES, MAX_TS_STREAMS } from './limits.ts'
import { TS_NULL_PID, TS_PACKET_BYTES, TS_PAT_PID, TS_SYNC_BYTE } from './mpeg-ts.ts'
import { parseTsPacket, type TsPacket } from './mpeg-ts-packet.ts'
import { parsePesHeader } from './mpeg-ts-pes.ts'
import { parsePat, parsePmt, sectionOf, type TsStream } from './mpeg-ts-psi.ts'

export interface TsPes {
  readonly pid: number
  readonly streamType: number
  /** 90 kHz ticks, 33 bits */
  readonly pts: number | null
  readonly dts: number | null
  readonly data: Uint8Array
  /** The time that was given with its last packet. */
  readonly at: number
  /** False after bytes were lost. */
  readonly whole: boolean
}

export type TsFault =
  | 'sync'
  | 'continuity'
  | 'section'
  | 'pes'
  | 'packet'
  | 'scrambled'
  | 'oversized'

export interface TsHandler {
  pat(at: number): void
  pmt(at: number): void
  /** The streams of the first program, when they change. */
  streams(streams: readonly TsStream[], programs: number, at: number): void
  /** 27 MHz ticks */
  pcr(pcr: number, discontinuity: boolean, at: number): void
  pes(pes: TsPes): void
  fault(fault: TsFault, pid: number, detail: string, at: number): void
}

interface Assembly {
  readonly streamType: number
  parts: Uint8Array[]
  bytes: number
  /** What the PES header says; null when it does not. */
  wanted: number | null
  at: number
  whole: boolean
  open: boolean
}

/** Bytes in, in order, with the time at which they came; tables, clocks and PES packets out. */
export class TsDemuxer {
  readonly #handler: TsHandler
  readonly #continuity = new Int8Array(0x2000).fill(-1)
  #rest: Uint8Array = new Uint8Array(0)
  #inSync = true
  #pmtPid = -1
  #pcrPid = -1
  #programs = 0
  #streams = new Map<number, Assembly>()
  #streamsKey = ''
  #held = 0
  /** A table that goes on in the next packet. */
  readonly #tables = new Map<number, Uint8Array>()
  /** The packet with which each table last began. */
  readonly #lastTables = new Map<number, Uint8Array>()

  constructor(handler: TsHandler) {
    this.#handler = handler
  }

  push(bytes: Uint8Array, at: number): void {
    let all = bytes
    if (this.#rest.length > 0) all = Buffer.concat([this.#rest, bytes])
    this.#rest = new Uint8Array(0)
    let offset = 0
    while (offset < all.length) {
      if (all[offset] !== TS_SYNC_BYTE) {
        offset = this.#resync(all, offset, at)
        continue
      }
      if (offset + TS_PACKET_BYTES > all.length) break
      this.#packet(all, offset, at)
      offset += TS_PACKET_BYTES
    }
    if (offset < all.length) this.#rest = Buffer.from(all.subarray(offset))
  }

  /** Bytes are missing here: what is half assembled cannot be whole. */
  lost(): void {
    this.#rest = new Uint8Array(0)
    for (const stream of this.#streams.values()) stream.whole = false
  }

  /** Ends the PES packets that do not say where they end. */
  flush(): void {
    for (const [pid, stream] of this.#streams) this.#finish(pid, stream)
  }

  #resync(all: Uint8Array, from: number, at: number): number {
    if (this.#inSync) {
      this.#inSync = false
      const found = (all[from] ?? 0).toString(16).padStart(2, '0')
      this.#handler.fault('sync', -1, `0x${found} instead of 0x47`, at)
    }
    for (let i = from; i < all.length; i++) {
      if (all[i] !== TS_SYNC_BYTE) continue
      const next = i + TS_PACKET_BYTES
      if (next >= all.length || all[next] === TS_SYNC_BYTE) return i
    }
    return all.length
  }

  #packet(all: Uint8Array, offset: number, at: number): void {
    let packet: TsPacket
    try {
      packet = parseTsPacket(all, offset)
    } catch (error) {
      if (!(error instanceof WireError)) throw error
      this.#handler.fault('packet', -1, error.message, at)
      return
    }
    this.#inSync = true
    const { pid } = packet
    if (pid === TS_NULL_PID) return
    if (packet.transportError) {
      this.#handler.fault('packet', pid, 'transport error indicator', at)
      return
    }
    if (!this.#follows(packet, at)) return
    if (packet.pcr !== null && pid === this.#pcrPid) {
      this.#handler.pcr(packet.pcr, packet.discontinuity, at)
    }
    if (packet.payload === null) return
    if (pid === TS_PAT_PID || pid === this.#pmtPid) this.#table(packet, packet.payload, at)
    else this.#elementary(packet, packet.payload, at)
  }

  /** False for a repeated packet (2.4.3.3), which says nothing new. */
  #follows(packet: TsPacket, at: number): boolean {
    const { pid, continuity } = packet
    const last = this.#continuity[pid] ?? -1
    this.#continuity[pid] = continuity
    if (last < 0 || packet.discontinuity) return true
    if (packet.payload === null) {
      this.#continuity[pid] = last
      return true
    }
    const expected = (last + 1) & 15
    if (continuity === expected) return true
    if (continuity === last && (!packet.start || this.#repeatsTable(packet))) return false
    const stream = this.#streams.get(pid)
    if (stream !== undefined) stream.whole = false
    this.#handler.fault('continuity', pid, `counter ${continuity} instead of ${expected}`, at)
    return true
  }

  /** Where a table is in front of a stream as well, as GStreamer sends it, it comes twice. */
  #repeatsTable({ pid, payload }: TsPacket): boolean {
    const before = this.#lastTables.get(pid)
    return before !== undefined && payload !== null && Buffer.compare(before, payload) === 0
  }

  #table(packet: TsPacket, payload: Uint8Array, at: number): void {
    if (packet.start) this.#lastTables.set(packet.pid, Uint8Array.from(payload))
    const begun = this.#tables.get(packet.pid)
    this.#tables.delete(packet.pid)
    try {
      const bytes = packet.start ? payload : begun ? Buffer.concat([begun, payload]) : null
      if (bytes === null) return
      const section = sectionOf(bytes)
      if (section === null) {
        if (bytes.length <= MAX_TABLE_BYTES) this.#tables.set(packet.pid, Buffer.from(bytes))
      } else if (packet.pid === TS_PAT_PID) {
        this.#pat(section, at)
      } else {
        this.#pmt(section, at)
      }
    } catch (error) {
      if (!(error instanceof WireError)) throw error
      this.#handler.fault('section', packet.pid, error.message, at)
    }
  }

  #pat(section: Uint8Array, at: number): void {
    const programs = parsePat(section)
    if (programs === null) return
    this.#handler.pat(at)
    this.#programs = programs.length
    this.#pmtPid = programs[0]?.pmtPid ?? -1
  }

  #pmt(section: Uint8Array, at: number): void {
    const map = parsePmt(section)
    if (map === null) return
    this.#handler.pmt(at)
    this.#pcrPid = map.pcrPid
    const key = map.streams.map(({ pid, type }) => `${pid}:${type}`).join()
    if (key === this.#streamsKey) return
    this.#streamsKey = key
    const before = this.#streams
    this.#streams = new Map()
    for (const { pid, type } of map.streams.slice(0, MAX_TS_STREAMS)) {
      const known = before.get(pid)
      this.#streams.set(pid, known?.streamType === type ? known : newAssembly(type))
    }
    this.#held = 0
    for (const { parts } of this.#streams.values()) this.#held += parts.length
    this.#handler.streams(map.streams.slice(0, MAX_TS_STREAMS), this.#programs, at)
  }

  #elementary(packet: TsPacket, payload: Uint8Array, at: number): void {
    const { pid } = packet
    const stream = this.#streams.get(pid)
    if (stream === undefined) return
    if (packet.scrambled) {
      this.#handler.fault('scrambled', pid, 'scrambled payload', at)
      return
    }
    if (packet.start) {
      this.#finish(pid, stream)
      const length = payload.length >= 6 ? ((payload[4] ?? 0) << 8) | (payload[5] ?? 0) : 0
      stream.open = true
      stream.whole = true
      stream.wanted = length === 0 ? null : length + 6
    }
    if (!stream.open) return
    if (stream.bytes + payload.length > MAX_PES_BYTES || this.#held >= MAX_HELD_PACKETS) {
      const most = `${MAX_PES_BYTES} bytes or ${MAX_HELD_PACKETS} packets`
      this.#handler.fault('oversized', pid, `more than ${most} of an unfinished PES packet`, at)
      this.#reset(stream)
      return
    }
    this.#held += 1
    stream.parts.push(payload)
    stream.bytes += payload.length
    stream.at = at
    if (stream.wanted !== null && stream.bytes >= stream.wanted) this.#finish(pid, stream)
  }

  #finish(pid: number, stream: Assembly): void {
    if (!stream.open) return
    const { parts, at, streamType, wanted } = stream
    const bytes = parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts)
    const whole = stream.whole && (wanted === null || bytes.length >= wanted)
    this.#reset(stream)
    try {
      const { pts, dts, offset } = parsePesHeader(bytes)
      const data = bytes.subarray(offset, wanted ?? bytes.length)
      this.#handler.pes({ pid, streamType, pts, dts, data, at, whole })
    } catch (error) {
      if (!(error instanceof WireError)) throw error
      this.#handler.fault('pes', pid, error.message, at)
    }
  }

  #reset(stream: Assembly): void {
    this.#held -= stream.parts.length
    stream.parts = []
    stream.bytes = 0
    stream.wanted = null
    stream.open = false
  }
}

function newAssembly(streamType: number): Assembly {
  return { streamType, parts: [], bytes: 0, wanted: null, at: 0, whole: true, open: false }
}
