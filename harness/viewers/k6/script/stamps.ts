/** What the simulated encoder wrote into an access unit: see harness/measure/stamp.ts. */
export interface FrameStamp {
  readonly frame: number
  /** µs of the encoder's monotonic clock. */
  readonly timeUs: number
}

const UUID = [
  0x6c, 0x69, 0x76, 0x65, 0x70, 0x72, 0x4f, 0xb7, 0x9d, 0xc3, 0xe1, 0x5a, 0x8b, 0x2f, 0xd4, 0x97,
]
const FIRST = UUID[0]!
const MDAT = 0x6d_64_61_74
/** The stamp is the first NAL unit of an access unit, and the video comes first in a fragment. */
const SEARCHED_BYTES = 256
const MAX_TEXT_BYTES = 47

/**
 * The stamps in fragmented MP4: one for each `mdat`. Only the head of each `mdat` is searched,
 * because k6 pays dearly for every byte that its script looks at. Never throws.
 */
export function findStamps(bytes: Uint8Array): FrameStamp[] {
  const stamps: FrameStamp[] = []
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = 0; at + 8 <= bytes.length; ) {
    const size = view.getUint32(at)
    if (size < 8) break
    if (view.getUint32(at + 4) === MDAT) {
      const stamp = stampIn(bytes, at + 8, Math.min(at + size, at + 8 + SEARCHED_BYTES))
      if (stamp) stamps.push(stamp)
    }
    at += size
  }
  return stamps
}

function stampIn(bytes: Uint8Array, from: number, to: number): FrameStamp | null {
  const end = Math.min(to, bytes.length)
  for (let at = from; at + UUID.length < end; at++)
    if (bytes[at] === FIRST && UUID.every((byte, i) => bytes[at + i] === byte))
      return parse(bytes, at + UUID.length)
  return null
}

/** `LP1 <tag> <frame> <µs>\n` */
function parse(bytes: Uint8Array, from: number): FrameStamp | null {
  let text = ''
  for (let at = from; at < bytes.length && text.length <= MAX_TEXT_BYTES; at++) {
    if (bytes[at] === 0x0a) break
    text += String.fromCharCode(bytes[at]!)
  }
  const [mark, , frame, timeUs] = text.split(' ')
  if (mark !== 'LP1' || !/^\d{1,16}$/.test(frame ?? '') || !/^\d{1,16}$/.test(timeUs ?? ''))
    return null
  return { frame: Number(frame), timeUs: Number(timeUs) }
}
