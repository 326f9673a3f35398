// SRT draft §3.2.1.1–3.2.1.4: contents of the handshake's extensions.
import { WireError } from '../errors.ts'
import { ByteReader, ByteWriter, decodeUtf8, encodeUtf8 } from './bytes.ts'

export const SrtFlag = {
  tsbpdSender: 0x01,
  tsbpdReceiver: 0x02,
  encryption: 0x04,
  tooLateDrop: 0x08,
  periodicNak: 0x10,
  retransmitFlag: 0x20,
  stream: 0x40,
  packetFilter: 0x80,
} as const

/** What libsrt says in live mode: everything but the stream API. */
export const SRT_LIVE_FLAGS = 0xbf

/** HSREQ and HSRSP. */
export interface SrtCapabilities {
  /** 0x00MMmmpp */
  readonly version: number
  /** `SrtFlag` */
  readonly flags: number
  /** ms, as a receiver */
  readonly receiverLatency: number
  /** ms, that the peer should have as a receiver */
  readonly senderLatency: number
}

/** Throws `LP_WIRE_SHORT`. */
export function parseSrtCapabilities(content: Uint8Array): SrtCapabilities {
  const reader = new ByteReader(content)
  return {
    version: reader.u32(),
    flags: reader.u32(),
    receiverLatency: reader.u16(),
    senderLatency: reader.u16(),
  }
}

export function buildSrtCapabilities(value: SrtCapabilities): Buffer {
  return new ByteWriter(12)
    .u32(value.version)
    .u32(value.flags)
    .u16(value.receiverLatency)
    .u16(value.senderLatency)
    .finish()
}

/** `1.5.1` of 0x00010501. */
export function srtVersionText(version: number): string {
  return `${(version >> 16) & 255}.${(version >> 8) & 255}.${version & 255}`
}

/**
 * Stream id, congestion control and packet filter are text whose 32-bit words are swapped and
 * whose end is filled with zeros. Throws `LP_SRT_TEXT` when it is longer than `maxBytes`.
 */
export function parseSrtText(content: Uint8Array, maxBytes: number): string {
  const bytes = swapWords(content)
  let end = bytes.length
  while (end > 0 && bytes[end - 1] === 0) end -= 1
  if (end > maxBytes) throw new WireError('LP_SRT_TEXT', `text of ${end} bytes`)
  return decodeUtf8(bytes.subarray(0, end))
}

export function buildSrtText(text: string): Buffer {
  return swapWords(encodeUtf8(text))
}

function swapWords(bytes: Uint8Array): Buffer {
  const out = Buffer.alloc(Math.ceil(bytes.length / 4) * 4)
  out.set(bytes)
  return out.swap32()
}
