// ISO 14496-3 1.7: AAC in LATM, synchronised by LOAS.
import { WireError } from '../errors.ts'
import { parseAudioSpecificConfig } from './aac.ts'
import { BitReader } from './bit-reader.ts'
import { MAX_AUDIO_FRAMES } from './limits.ts'

const RATES = [
  96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350,
]
const HEADER_BYTES = 3

/** Reads AudioSyncStream elements of one program and one layer, as MPEG-TS carries them. */
export class LatmReader {
  #config: Uint8Array | null = null

  /**
   * Raw AAC frames, with the AudioSpecificConfig that is in force, and the bytes that they took.
   * Nothing comes before the first configuration. Throws `LP_LATM`, `LP_AAC_CONFIG`, `LP_WIRE_SHORT`.
   */
  push(bytes: Uint8Array): {
    frames: { config: Uint8Array; sampleRate: number; data: Uint8Array }[]
    used: number
  } {
    const frames: { config: Uint8Array; sampleRate: number; data: Uint8Array }[] = []
    let at = 0
    while (at + HEADER_BYTES <= bytes.length) {
      const head = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0)
      if (head >> 13 !== 0x2b7) throw new WireError('LP_LATM', `no LOAS syncword at offset ${at}`)
      const length = head & 0x1fff
      if (at + HEADER_BYTES + length > bytes.length) break
      const data = this.#element(bytes.subarray(at + HEADER_BYTES, at + HEADER_BYTES + length))
      const config = this.#config
      if (data !== null && config !== null) {
        if (frames.length >= MAX_AUDIO_FRAMES) {
          throw new WireError('LP_LATM', `more than ${MAX_AUDIO_FRAMES} AAC frames at once`)
        }
        frames.push({ config, sampleRate: parseAudioSpecificConfig(config).coreSampleRate, data })
      }
      at += HEADER_BYTES + length
    }
    return { frames, used: at }
  }

  #element(bytes: Uint8Array): Uint8Array | null {
    const bits = new BitReader(bytes)
    if (!bits.flag()) this.#config = streamMuxConfig(bits)
    if (this.#config === null) return null
    let length = 0
    for (;;) {
      const part = bits.u(8)
      length += part
      if (part !== 255) break
    }
    if (length * 8 > bits.remaining) throw new WireError('LP_LATM', 'an AAC frame that is cut off')
    const data = new Uint8Array(length)
    for (let i = 0; i < length; i++) data[i] = bits.u(8)
    return data
  }
}

/** Leaves the reader behind the configuration, and returns the AudioSpecificConfig in it. */
function streamMuxConfig(bits: BitReader): Uint8Array {
  if (bits.flag()) throw new WireError('LP_LATM', 'StreamMuxConfig of another version')
  const sameFraming = bits.flag()
  const subFrames = bits.u(6)
  const programs = bits.u(4)
  const layers = bits.u(3)
  if (!sameFraming || subFrames !== 0 || programs !== 0 || layers !== 0) {
    throw new WireError('LP_LATM', 'several programs, layers or frames in one element')
  }
  const config = copyConfig(bits)
  if (bits.u(3) !== 0) throw new WireError('LP_LATM', 'frames of a fixed length')
  bits.skip(8) // latmBufferFullness
  if (bits.flag()) {
    // otherDataLenBits
    for (;;) {
      const more = bits.flag()
      bits.skip(8)
      if (!more) break
    }
  }
  if (bits.flag()) bits.skip(8) // crcCheckSum
  return config
}

/** AudioSpecificConfig with GASpecificConfig, bit by bit, because its end is not said. */
function copyConfig(bits: BitReader): Uint8Array {
  const out: number[] = []
  const copy = (count: number): number => {
    let value = 0
    for (let i = 0; i < count; i++) {
      const bit = bits.bit()
      out.push(bit)
      value = value * 2 + bit
    }
    return value
  }
  const rate = () => {
    const index = copy(4)
    if (index === 15) copy(24)
    else if (RATES[index] === undefined) throw new WireError('LP_LATM', `frequency index ${index}`)
  }
  const type = copy(5)
  rate()
  const channels = copy(4)
  if (type === 5 || type === 29) {
    rate()
    if (copy(5) !== 2) throw new WireError('LP_LATM', 'a core that is not AAC LC')
  } else if (type !== 2) {
    throw new WireError('LP_LATM', `audio object type ${type}`)
  }
  if (channels === 0) throw new WireError('LP_LATM', 'a program config element')
  copy(1) // frameLengthFlag
  if (copy(1) === 1) copy(14) // coreCoderDelay
  copy(1) // extensionFlag
  const bytes = new Uint8Array(Math.ceil(out.length / 8))
  for (const [i, bit] of out.entries())
    bytes[i >> 3] = (bytes[i >> 3] ?? 0) | (bit << (7 - (i & 7)))
  return bytes
}
