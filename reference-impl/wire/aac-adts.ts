// ISO 14496-3 1.A.2.2: AAC in ADTS.
import { WireError } from '../errors.ts'
import { MAX_AUDIO_FRAMES } from './limits.ts'

const RATES = [
  96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350,
]
const HEADER_BYTES = 7

export interface AdtsFrame {
  /** AudioSpecificConfig that says the same as the header. */
  readonly config: Uint8Array
  /** Hz */
  readonly sampleRate: number
  /** One raw AAC frame, a view. */
  readonly data: Uint8Array
}

/** Whole frames, and how many bytes they took; a frame that is cut off is left. Throws `LP_ADTS`. */
export function splitAdts(bytes: Uint8Array): { frames: AdtsFrame[]; used: number } {
  const frames: AdtsFrame[] = []
  let at = 0
  while (at + HEADER_BYTES <= bytes.length) {
    const byte = (i: number) => bytes[at + i] ?? 0
    if (byte(0) !== 0xff || (byte(1) & 0xf6) !== 0xf0) {
      throw new WireError('LP_ADTS', `no ADTS header at offset ${at}`)
    }
    const objectType = (byte(2) >> 6) + 1
    const rateIndex = (byte(2) >> 2) & 15
    const channels = ((byte(2) & 1) << 2) | (byte(3) >> 6)
    const length = ((byte(3) & 3) << 11) | (byte(4) << 3) | (byte(5) >> 5)
    const header = byte(1) & 1 ? HEADER_BYTES : HEADER_BYTES + 2
    const sampleRate = RATES[rateIndex]
    if (sampleRate === undefined || length < header) {
      throw new WireError('LP_ADTS', `ADTS frame of ${length} bytes, frequency index ${rateIndex}`)
    }
    if ((byte(6) & 3) !== 0) throw new WireError('LP_ADTS', 'several AAC frames in one of ADTS')
    if (at + length > bytes.length) break
    if (frames.length >= MAX_AUDIO_FRAMES) {
      throw new WireError('LP_ADTS', `more than ${MAX_AUDIO_FRAMES} AAC frames at once`)
    }
    frames.push({
      config: Uint8Array.of(
        (objectType << 3) | (rateIndex >> 1),
        ((rateIndex & 1) << 7) | (channels << 3),
      ),
      sampleRate,
      data: bytes.subarray(at + header, at + length),
    })
    at += length
  }
  return { frames, used: at }
}

/** `config`: AudioSpecificConfig of AAC Main, LC, SSR or LTP. Throws `TypeError` for others. */
export function buildAdts(config: Uint8Array, data: Uint8Array): Buffer {
  const [first = 0, second = 0] = config
  const objectType = first >> 3
  const rateIndex = ((first & 7) << 1) | (second >> 7)
  const channels = (second >> 3) & 15
  if (objectType < 1 || objectType > 4 || rateIndex > 12 || channels > 7) {
    throw new TypeError('no ADTS header for this AudioSpecificConfig')
  }
  const length = HEADER_BYTES + data.length
  const header = Buffer.from([
    0xff,
    0xf1,
    ((objectType - 1) << 6) | (rateIndex << 2) | (channels >> 2),
    ((channels & 3) << 6) | (length >> 11),
    (length >> 3) & 0xff,
    ((length & 7) << 5) | 0x1f,
    0xfc,
  ])
  return Buffer.concat([header, data])
}
