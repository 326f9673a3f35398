import { stampTimeUs, writeStamp } from '../../../measure/stamp.ts'

/** H.264 baseline 320x180, one grey picture: small, and every decoder plays it. */
const SPS = Buffer.from('6742c00dda05067e7c0440000003004000000f23c50aa8', 'hex')
const PPS = Buffer.from('68ce0f2c80', 'hex')
const IDR = Buffer.from(
  `65888404bc98a000202f${'27'.repeat(19)}${'5d75d7'.repeat(54)}5d75d780`,
  'hex',
)
const SKIPPED = Buffer.from('419a2013f01e30', 'hex')
/** SEI user_data_unregistered with a UUID of our own, for frames of any size. */
const PADDING_UUID = Buffer.from('70616464696e674fb79dc3e15a8b2fd4', 'hex')

const AVC = 7
const KEY = 1
const INTER = 2

/** AVCDecoderConfigurationRecord (ISO 14496-15 §5.3.3.1). */
export function avcConfig(sps: Buffer = SPS, pps: Buffer = PPS): Buffer {
  return Buffer.concat([
    Buffer.from([1, sps[1] ?? 0, sps[2] ?? 0, sps[3] ?? 0, 0xff, 0xe1]),
    sized(2, sps),
    Buffer.from([1]),
    sized(2, pps),
  ])
}

/** Body of a video message that carries the sequence header (FLV 10.1 E.4.3). */
export function videoHeader(config: Uint8Array = avcConfig()): Buffer {
  return Buffer.concat([Buffer.from([(KEY << 4) | AVC, 0, 0, 0, 0]), config])
}

export interface ProbeFrame {
  readonly number: number
  readonly key: boolean
  /** Bytes of the access unit; the smallest possible when absent. */
  readonly size?: number
}

/** An access unit that can be told from every other one, in 4-byte length-prefixed NAL units. */
export function accessUnit(streamTag: string, frame: ProbeFrame): Buffer {
  const stamp = Buffer.from(
    writeStamp({ streamTag, frame: frame.number, timeUs: stampTimeUs() }, 'avc'),
  )
  const parts = [sized(4, stamp), sized(4, frame.key ? IDR : SKIPPED)]
  const missing = (frame.size ?? 0) - Buffer.concat(parts).length
  if (missing > 64) parts.splice(1, 0, padding(missing, frame.number))
  return Buffer.concat(parts)
}

/** Body of a video message. */
export function videoFrame(unit: Uint8Array, key: boolean): Buffer {
  return Buffer.concat([Buffer.from([((key ? KEY : INTER) << 4) | AVC, 1, 0, 0, 0]), unit])
}

/** AAC-LC 48 kHz stereo: the sequence header. */
export function audioHeader(): Buffer {
  return Buffer.from([0xaf, 0, 0x11, 0x90])
}

/** AAC-LC: one silent frame. */
export function audioFrame(): Buffer {
  return Buffer.from([0xaf, 1, 0x21, 0x10, 0x04, 0x60, 0x8c, 0x1c])
}

/** An SEI NAL unit of `size` bytes, length prefix included, filled with letters. */
function padding(size: number, seed: number): Buffer {
  // Its own size takes one byte and one more for each 255: some sizes need an empty filler message.
  let rest = size - 4 - 2 - 1
  let length = rest - 1 - Math.floor((rest - 1) / 256)
  const filler = length + Math.floor(length / 255) + 1 === rest ? [] : [3, 0]
  rest -= filler.length
  length = rest - 1 - Math.floor((rest - 1) / 256)
  const text = Buffer.alloc(length - PADDING_UUID.length)
  let state = seed + 1
  for (let i = 0; i < text.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    text[i] = 0x61 + ((state >>> 24) % 26)
  }
  const sizes = Buffer.alloc(Math.floor(length / 255) + 1, 255)
  sizes[sizes.length - 1] = length % 255
  return sized(
    4,
    Buffer.concat([Buffer.from([6, 5]), sizes, PADDING_UUID, text, Buffer.from([...filler, 0x80])]),
  )
}

function sized(bytes: 2 | 4, unit: Buffer): Buffer {
  const length = Buffer.alloc(bytes)
  length.writeUIntBE(unit.length, 0, bytes)
  return Buffer.concat([length, unit])
}
