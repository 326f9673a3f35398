// SRT draft §3.2.4–3.2.9: bodies of ACK, NAK and drop request.
import { WireError } from '../errors.ts'
import { ByteReader, ByteWriter } from './bytes.ts'
import { MAX_SEQUENCE, sequenceDifference } from './srt-sequence.ts'

export interface SrtAck {
  /** The first packet that has not been received. */
  readonly sequence: number
  /** Absent in a light ACK. */
  readonly full?: {
    /** µs */
    readonly rtt: number
    readonly rttVariance: number
    /** packets */
    readonly availableBuffer: number
    /** packets/s */
    readonly packetRate: number
    /** packets/s */
    readonly linkCapacity: number
    /** bytes/s */
    readonly byteRate: number
  }
}

/** Light (4 bytes), small (16) or full (28 and more). Throws `LP_WIRE_SHORT`. */
export function parseSrtAck(body: Uint8Array): SrtAck {
  const reader = new ByteReader(body)
  const sequence = reader.u32() & MAX_SEQUENCE
  if (reader.remaining < 12) return { sequence }
  const rtt = reader.u32()
  const rttVariance = reader.u32()
  const availableBuffer = reader.u32()
  const rates = reader.remaining >= 12
  const packetRate = rates ? reader.u32() : 0
  const linkCapacity = rates ? reader.u32() : 0
  const byteRate = rates ? reader.u32() : 0
  return {
    sequence,
    full: { rtt, rttVariance, availableBuffer, packetRate, linkCapacity, byteRate },
  }
}

export function buildSrtAck({ sequence, full }: SrtAck): Buffer {
  const writer = new ByteWriter(28).u32(sequence)
  if (full !== undefined) {
    writer
      .u32(full.rtt)
      .u32(full.rttVariance)
      .u32(full.availableBuffer)
      .u32(full.packetRate)
      .u32(full.linkCapacity)
      .u32(full.byteRate)
  }
  return writer.finish()
}

/** Lost packets, first and last included. */
export type SrtLossRange = readonly [first: number, last: number]

/** Throws `LP_WIRE_SHORT`, `LP_SRT_NAK`. */
export function parseSrtNak(body: Uint8Array): SrtLossRange[] {
  const reader = new ByteReader(body)
  const ranges: SrtLossRange[] = []
  while (reader.remaining > 0) {
    const word = reader.u32()
    const first = word & MAX_SEQUENCE
    if (word <= MAX_SEQUENCE) {
      ranges.push([first, first])
      continue
    }
    const last = reader.u32()
    if (last > MAX_SEQUENCE || sequenceDifference(last, first) < 0) {
      throw new WireError('LP_SRT_NAK', `loss range ${first}–${last}`)
    }
    ranges.push([first, last])
  }
  return ranges
}

export function buildSrtNak(ranges: readonly SrtLossRange[]): Buffer {
  const writer = new ByteWriter(Math.max(4, ranges.length * 8))
  for (const [first, last] of ranges) {
    if (first === last) writer.u32(first)
    else writer.u32((first | 0x80000000) >>> 0).u32(last)
  }
  return writer.finish()
}

/** Drop request: packets that the sender will not send any more. Throws `LP_WIRE_SHORT`. */
export function parseSrtDropRequest(body: Uint8Array): SrtLossRange {
  const reader = new ByteReader(body)
  return [reader.u32() & MAX_SEQUENCE, reader.u32() & MAX_SEQUENCE]
}

export function buildSrtDropRequest([first, last]: SrtLossRange): Buffer {
  return new ByteWriter(8).u32(first).u32(last).finish()
}
