import {
  CAPTURED_NAME,
  CAPTURES,
  type Capture,
  readCapture,
  withStreamName,
} from '../conformance/rtmp-server/captured-encoder.ts'
import { HANDSHAKE_BYTES } from '../conformance/rtmp-server/read/chunk-map.ts'
import type { FuzzInput } from './fuzz-input.ts'
import { mutate } from './mutate.ts'
import { Random } from './random.ts'

const COMMAND = 20
const DATA = 18

const captures = CAPTURES.map(readCapture)

/** Mutated sessions of captured encoders, whole or cut short, sent to a stream that may be live. */
export const rtmpInput: FuzzInput = {
  build(seed, index, { names }) {
    const random = new Random(seed, index)
    const capture = random.pick(captures)
    const other = random.pick(captures).bytes
    const count = 1 + random.int(4)
    const place = random.int(100)
    let bytes: Buffer
    if (place < 5) {
      const short = capture.bytes.subarray(0, HANDSHAKE_BYTES + random.int(400))
      bytes = mutate(random, short, { count, other })
    } else if (place < 40) {
      const short = upTo(capture, capture.commands + random.int(4))
      bytes = mutate(random, short, { count, other, from: HANDSHAKE_BYTES })
    } else if (place < 60) {
      bytes = reorder(random, capture)
    } else {
      // Only the media are changed, so that the session gets as far as being live.
      const media = upTo(capture, capture.commands + lengthOf(random))
      bytes = mutate(random, random.chance(50) ? editHeader(random, capture, media) : media, {
        count,
        other,
        from: capture.commandsEnd,
      })
    }
    const named = withStreamName(bytes, names[index % names.length] ?? CAPTURED_NAME)
    // A server may well ignore media that come before it has decided.
    const wait = { at: capture.commandsEnd, text: 'NetStream.Publish' }
    return place < 40 ? { bytes: named } : { bytes: named, wait }
  },
  // An RTMP server owes a broken session no answer.
  judge: () => null,
  letIn: (answer) => answer.includes('NetStream.Publish.Start'),
}

/** Mostly a handful of chunks, now and then some seconds. */
function lengthOf(random: Random): number {
  return random.chance(3) ? 100 + random.int(400) : 2 + random.int(24)
}

function upTo({ bytes, chunks }: Capture, count: number): Buffer {
  return bytes.subarray(0, chunks[Math.min(count, chunks.length) - 1]?.end ?? HANDSHAKE_BYTES)
}

/** Whole chunks dropped, doubled, swapped, or taken from the other encoder. */
function reorder(random: Random, capture: Capture): Buffer {
  const list = capture.chunks.slice(0, capture.commands + lengthOf(random))
  const parts = list.map(({ at, end }) => capture.bytes.subarray(at, end))
  for (let left = 1 + random.int(4); left > 0; left--) {
    const at = random.int(parts.length)
    const part = parts[at] ?? Buffer.alloc(0)
    const what = random.int(4)
    if (what === 0) parts.splice(at, 1)
    else if (what === 1) parts.splice(at, 0, part)
    else if (what === 2) parts.splice(random.int(parts.length), 0, ...parts.splice(at, 1))
    else {
      const from = random.pick(captures)
      const { at: begin, end } = random.pick(from.chunks)
      parts.splice(at, 0, from.bytes.subarray(begin, end))
    }
  }
  return Buffer.concat([capture.bytes.subarray(0, HANDSHAKE_BYTES), ...parts])
}

/** Changes a field of a chunk's header, or the first bytes behind it: time, length, type, AMF, FLV. */
function editHeader(random: Random, capture: Capture, bytes: Buffer): Buffer {
  const reached = capture.chunks.filter(({ end }) => end <= bytes.length)
  const loud = reached.filter(({ type }) => type === DATA || type === COMMAND)
  const chunk = random.pick(random.chance(40) && loud.length > 0 ? loud : reached)
  const copy = Buffer.from(bytes)
  const from = random.chance(60) ? chunk.at : chunk.data
  const size = from === chunk.at ? chunk.data - chunk.at : Math.min(40, chunk.end - chunk.data)
  const changed = mutate(random, copy.subarray(from, from + size))
  return Buffer.concat([copy.subarray(0, from), changed, copy.subarray(from + size)])
}
