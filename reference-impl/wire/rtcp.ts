// RTCP: reports (RFC 3550 §6.4), feedback (RFC 4585, RFC 5104), REMB (draft-alvestrand-rmcat-remb).
import { WireError } from '../errors.ts'
import { MAX_NACKED, MAX_RTCP_PACKETS } from './limits.ts'

const PacketType = { sr: 200, rr: 201, sdes: 202, bye: 203, rtpfb: 205, psfb: 206 } as const
const NACK = 1
const PLI = 1
const FIR = 4
/** s from 1900 to 1970 */
const NTP_EPOCH = 2_208_988_800

export type RtcpPacket =
  | {
      readonly type: 'sr'
      readonly ssrc: number
      /** ms since 1970, fractions included */
      readonly ntpMs: number
      /** Middle 32 bits of the NTP time, for a receiver report. */
      readonly ntpMiddle: number
      readonly rtpTime: number
      readonly packets: number
      readonly octets: number
    }
  | { readonly type: 'rr'; readonly ssrc: number }
  | { readonly type: 'bye'; readonly ssrcs: readonly number[] }
  | { readonly type: 'nack'; readonly media: number; readonly sequences: readonly number[] }
  | { readonly type: 'pli' | 'fir'; readonly media: number }
  | { readonly type: 'other'; readonly packetType: number }

/** The packets of a compound. Throws `LP_RTCP`. */
export function parseRtcp(bytes: Uint8Array): RtcpPacket[] {
  const packets: RtcpPacket[] = []
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = 0; at < all.length; ) {
    if (packets.length >= MAX_RTCP_PACKETS) throw new WireError('LP_RTCP', 'too many packets')
    if (at + 4 > all.length) throw new WireError('LP_RTCP', 'a header is cut short')
    const first = all.readUInt8(at)
    const end = at + 4 + all.readUInt16BE(at + 2) * 4
    if (first >> 6 !== 2) throw new WireError('LP_RTCP', `version ${first >> 6}`)
    if (end > all.length) throw new WireError('LP_RTCP', 'a packet is cut short')
    packets.push(parseOne(first & 31, all.readUInt8(at + 1), all.subarray(at + 4, end)))
    at = end
  }
  return packets
}

function parseOne(count: number, packetType: number, body: Buffer): RtcpPacket {
  if (packetType === PacketType.sr) return parseSenderReport(body)
  if (packetType === PacketType.rr) return { type: 'rr', ssrc: u32(body, 0) }
  if (packetType === PacketType.bye) {
    return { type: 'bye', ssrcs: Array.from({ length: count }, (_, i) => u32(body, i * 4)) }
  }
  if (packetType === PacketType.rtpfb && count === NACK) {
    return { type: 'nack', media: u32(body, 4), sequences: parseNacks(body.subarray(8)) }
  }
  if (packetType === PacketType.psfb && count === PLI) return { type: 'pli', media: u32(body, 4) }
  if (packetType === PacketType.psfb && count === FIR) return { type: 'fir', media: u32(body, 8) }
  return { type: 'other', packetType }
}

function parseSenderReport(body: Buffer): RtcpPacket {
  const seconds = u32(body, 4)
  const fraction = u32(body, 8)
  return {
    type: 'sr',
    ssrc: u32(body, 0),
    ntpMs: (seconds - NTP_EPOCH + fraction / 2 ** 32) * 1000,
    ntpMiddle: (((seconds & 0xffff) << 16) | (fraction >>> 16)) >>> 0,
    rtpTime: u32(body, 12),
    packets: u32(body, 16),
    octets: u32(body, 20),
  }
}

function parseNacks(body: Buffer): number[] {
  const sequences: number[] = []
  for (let at = 0; at + 4 <= body.length && sequences.length < MAX_NACKED; at += 4) {
    const first = body.readUInt16BE(at)
    const mask = body.readUInt16BE(at + 2)
    sequences.push(first)
    for (let bit = 0; bit < 16; bit++) {
      if (mask & (1 << bit)) sequences.push((first + bit + 1) & 0xffff)
    }
  }
  return sequences
}

function u32(body: Buffer, at: number): number {
  if (at + 4 > body.length) throw new WireError('LP_RTCP', 'a packet is shorter than its kind')
  return body.readUInt32BE(at)
}

function build(count: number, packetType: number, words: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(4 + words.length * 4)
  bytes[0] = 0x80 | count
  bytes[1] = packetType
  bytes.writeUInt16BE(words.length, 2)
  for (const [i, word] of words.entries()) bytes.writeUInt32BE(word >>> 0, 4 + i * 4)
  return bytes
}

export interface SenderReport {
  readonly ssrc: number
  /** ms since 1970 */
  readonly ntpMs: number
  readonly rtpTime: number
  readonly packets: number
  readonly octets: number
}

export function buildSenderReport(report: SenderReport): Buffer {
  const seconds = Math.floor(report.ntpMs / 1000)
  const fraction = Math.floor((report.ntpMs / 1000 - seconds) * 2 ** 32)
  const { ssrc, rtpTime, packets, octets } = report
  return build(0, PacketType.sr, [ssrc, seconds + NTP_EPOCH, fraction, rtpTime, packets, octets])
}

/** What a receiver reports of one source. */
export interface ReportBlock {
  readonly ssrc: number
  /** Share of packets lost since the last report, 0–1. */
  readonly fractionLost: number
  readonly lost: number
  /** Extended highest sequence number. */
  readonly highest: number
  /** In units of the track's clock. */
  readonly jitter: number
  /** `ntpMiddle` of the last sender report, 0 without one. */
  readonly lastReport: number
  /** ms since it came */
  readonly sinceLastReport: number
}

export function buildReceiverReport(ssrc: number, blocks: readonly ReportBlock[]): Buffer {
  const words = blocks.flatMap((block) => [
    block.ssrc,
    (Math.min(255, Math.floor(block.fractionLost * 256)) << 24) |
      (Math.max(-0x800000, Math.min(0x7fffff, block.lost)) & 0xffffff),
    block.highest,
    block.jitter,
    block.lastReport,
    Math.min(0xffffffff, Math.round((block.sinceLastReport / 1000) * 65_536)),
  ])
  return build(blocks.length, PacketType.rr, [ssrc, ...words])
}

/** Generic NACK (RFC 4585 §6.2.1) for `sequences`, which may be any. */
export function buildNack(ssrc: number, media: number, sequences: readonly number[]): Buffer {
  const words: number[] = []
  const rest = [...sequences]
  for (let first = rest.shift(); first !== undefined; first = rest.shift()) {
    let mask = 0
    for (let next = rest[0]; next !== undefined; next = rest[0]) {
      const ahead = (next - first - 1) & 0xffff
      if (ahead > 15) break
      mask |= 1 << ahead
      rest.shift()
    }
    words.push(((first & 0xffff) << 16) | mask)
  }
  return build(NACK, PacketType.rtpfb, [ssrc, media, ...words])
}

/** Picture Loss Indication (RFC 4585 §6.3.1). */
export function buildPli(ssrc: number, media: number): Buffer {
  return build(PLI, PacketType.psfb, [ssrc, media])
}

/** Receiver Estimated Maximum Bitrate: `bitrate` in bit/s. */
export function buildRemb(ssrc: number, bitrate: number, sources: readonly number[]): Buffer {
  let exponent = 0
  let mantissa = Math.floor(bitrate)
  while (mantissa > 0x3ffff) {
    mantissa = Math.floor(mantissa / 2)
    exponent++
  }
  const rate = (sources.length << 24) | (exponent << 18) | mantissa
  return build(15, PacketType.psfb, [ssrc, 0, 0x52454d42, rate, ...sources])
}
