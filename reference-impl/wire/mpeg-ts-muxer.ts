// ISO 13818-1: puts a transport stream of one program together.
import { TS_PACKET_BYTES, TS_PAT_PID } from './mpeg-ts.ts'
import { type TsPacketFields, writeTsPacket } from './mpeg-ts-packet.ts'
import { buildPes } from './mpeg-ts-pes.ts'
import { buildPat, buildPmt, type TsStream } from './mpeg-ts-psi.ts'

export interface TsMuxerOptions {
  readonly streams: readonly TsStream[]
  readonly pcrPid: number
  /** ms between tables */
  readonly tableMs?: number
  /** ms between two PCRs at least; one comes with a frame only. */
  readonly pcrMs?: number
  readonly pmtPid?: number
  /** ms by which the PCR is behind the decode time: what a decoder may buffer */
  readonly pcrBehindMs?: number
  /** Video PES packets say how long they are, where that fits. */
  readonly boundedVideo?: boolean
}

export interface TsUnit {
  readonly pid: number
  /** 0xE0 video, 0xC0 audio */
  readonly streamId: number
  /** 90 kHz ticks */
  readonly pts: number
  readonly dts: number
  /** Begins with a picture that can be decoded by itself. */
  readonly key: boolean
  readonly data: Uint8Array
  /** False: its PES packet has no times. */
  readonly timed?: boolean
}

const PROGRAM = 1
const TICKS_PER_MS = 90

/** Frames in, in decode order; whole transport packets out. */
export class TsMuxer {
  readonly #options: TsMuxerOptions
  readonly #pat: Buffer
  readonly #pmt: Buffer
  readonly #pmtPid: number
  readonly #continuity = new Map<number, number>()
  #tablesAt = Number.NEGATIVE_INFINITY
  #pcrAt = Number.NEGATIVE_INFINITY

  constructor(options: TsMuxerOptions) {
    this.#options = options
    this.#pmtPid = options.pmtPid ?? 0x1000
    this.#pat = buildPat([{ number: PROGRAM, pmtPid: this.#pmtPid }])
    const { streams, pcrPid } = options
    this.#pmt = buildPmt(PROGRAM, { version: 0, pcrPid, streams })
  }

  unit(unit: TsUnit): Buffer {
    const { tableMs = 100, pcrMs = 40, pcrPid } = this.#options
    const packets: Buffer[] = []
    if (unit.dts - this.#tablesAt >= tableMs * TICKS_PER_MS) {
      this.#tablesAt = unit.dts
      packets.push(this.#table(TS_PAT_PID, this.#pat), this.#table(this.#pmtPid, this.#pmt))
    }
    const carriesPcr = unit.pid === pcrPid && unit.dts - this.#pcrAt >= pcrMs * TICKS_PER_MS
    if (carriesPcr) this.#pcrAt = unit.dts
    packets.push(this.#pes(unit, carriesPcr))
    return Buffer.concat(packets)
  }

  #table(pid: number, section: Uint8Array): Buffer {
    const out = Buffer.alloc(TS_PACKET_BYTES)
    writeTsPacket(out, 0, { ...this.#next(pid, true), fill: 'pad' }, section, 0)
    return out
  }

  #pes(unit: TsUnit, carriesPcr: boolean): Buffer {
    const { pid, streamId, key, pts, dts, timed = true } = unit
    const { pcrBehindMs = 700, boundedVideo = false } = this.#options
    const unbounded = streamId === 0xe0 && !boundedVideo
    const pes = buildPes({ streamId, pts, dts, timed, unbounded }, unit.data)
    const out = Buffer.alloc((Math.ceil(pes.length / (TS_PACKET_BYTES - 4)) + 1) * TS_PACKET_BYTES)
    let taken = 0
    let at = 0
    while (taken < pes.length) {
      const first = at === 0
      const pcr =
        first && carriesPcr ? Math.max(0, dts - pcrBehindMs * TICKS_PER_MS) * 300 : undefined
      const fields = { ...this.#next(pid, first), pcr, randomAccess: first && key }
      taken += writeTsPacket(out, at, fields, pes, taken)
      at += TS_PACKET_BYTES
    }
    return out.subarray(0, at)
  }

  #next(pid: number, start: boolean): TsPacketFields {
    const continuity = ((this.#continuity.get(pid) ?? 15) + 1) & 15
    this.#continuity.set(pid, continuity)
    return { pid, start, continuity }
  }
}
