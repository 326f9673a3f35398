import { createHash } from 'node:crypto'

/**
 * The frame stamp: an SEI user_data_unregistered message (H.264 D.1.7, H.265 D.2.7) that the
 * simulated encoder puts in front of each access unit just before it sends it.
 *
 * After the UUID comes text, `LP1 <stream tag> <frame> <time>\n`, so that no emulation prevention
 * byte (H.264 7.4.1) is ever needed and a reader can look for the UUID in any container.
 */
export interface Stamp {
  /** Which stream: 8 lower-case hex digits. */
  readonly streamTag: string
  /** Number of the access unit in its stream, from 0. */
  readonly frame: number
  /** µs of the machine's monotonic clock (`process.hrtime`), when the access unit was sent. */
  readonly timeUs: number
}

/** Chosen without zero bytes, and found in no other message. */
export const STAMP_UUID: Uint8Array = Uint8Array.from([
  0x6c, 0x69, 0x76, 0x65, 0x70, 0x72, 0x4f, 0xb7, 0x9d, 0xc3, 0xe1, 0x5a, 0x8b, 0x2f, 0xd4, 0x97,
])

const USER_DATA_UNREGISTERED = 5
const RBSP_TRAILING = 0x80
/** SEI NAL headers: H.264 type 6; H.265 prefix SEI type 39, layer 0, temporal id 1. */
const NAL_HEADER = { avc: [0x06], hevc: [0x4e, 0x01] } as const
/** `LP1 `, tag, two spaces, two numbers of up to 16 digits, line feed. */
const MAX_TEXT = 47
const LINE = /^LP1 ([0-9a-f]{8}) (0|[1-9]\d{0,15}) (0|[1-9]\d{0,15})\n/

/**
 * A complete SEI NAL unit, without start code or length prefix.
 * @throws RangeError for a stamp that cannot be written
 */
export function writeStamp(stamp: Stamp, codec: 'avc' | 'hevc' = 'avc'): Uint8Array {
  if (!/^[0-9a-f]{8}$/.test(stamp.streamTag)) {
    throw new RangeError(`stream tag must be 8 lower-case hex digits, not "${stamp.streamTag}"`)
  }
  if (!isCount(stamp.frame) || !isCount(stamp.timeUs)) {
    throw new RangeError(
      `frame and time must be whole numbers from 0: ${stamp.frame}, ${stamp.timeUs}`,
    )
  }
  const text = `LP1 ${stamp.streamTag} ${stamp.frame} ${stamp.timeUs}\n`
  const header = NAL_HEADER[codec]
  const at = header.length + 2
  const nal = new Uint8Array(at + STAMP_UUID.length + text.length + 1)
  nal.set(header)
  nal[header.length] = USER_DATA_UNREGISTERED
  nal[header.length + 1] = STAMP_UUID.length + text.length
  nal.set(STAMP_UUID, at)
  for (let i = 0; i < text.length; i++) nal[at + STAMP_UUID.length + i] = text.charCodeAt(i)
  nal[nal.length - 1] = RBSP_TRAILING
  return nal
}

/** The first stamp anywhere in `bytes`; null when there is none that can be read. Never throws. */
export function findStamp(bytes: Uint8Array): Stamp | null {
  const haystack = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = haystack.indexOf(STAMP_UUID)
  while (at >= 0) {
    const from = at + STAMP_UUID.length
    const match = LINE.exec(
      haystack.toString('latin1', from, Math.min(from + MAX_TEXT, haystack.length)),
    )
    if (match) {
      const frame = Number(match[2])
      const timeUs = Number(match[3])
      if (isCount(frame) && isCount(timeUs)) return { streamTag: match[1] ?? '', frame, timeUs }
    }
    at = haystack.indexOf(STAMP_UUID, from)
  }
  return null
}

/** The tag of a stream: from its name, without parameters, so that a viewer can tell streams apart. */
export function streamTagOf(streamName: string): string {
  const name = streamName.split('?')[0] ?? ''
  return createHash('sha256').update(name).digest('hex').slice(0, 8)
}

/** The time for a stamp, now. */
export function stampTimeUs(): number {
  return Number(process.hrtime.bigint() / 1000n)
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0
}
