import { readFileSync } from 'node:fs'
import { type ChunkSpan, HANDSHAKE_BYTES, mapChunks } from './chunk-map.ts'
import type { FuzzInput } from './fuzz-input.ts'
import { mutate } from './mutate.ts'
import { Random } from './random.ts'

interface Capture {
  readonly bytes: Buffer
  readonly chunks: readonly ChunkSpan[]
  /** Chunks up to the first that carries media or metadata. */
  readonly commands: number
}

/** The key that both captured encoders published. */
const CAPTURED_NAME = 'ABCDE-XYZ12'
const COMMAND = 20
const DATA = 18
const SET_CHUNK_SIZE = 1

const captures = ['obs-29.0.2-rtmp', 'ffmpeg-5.1-rtmp'].map((name) =>
  readCapture(new URL(`../../fixtures/captures/${name}.bin`, import.meta.url)),
)

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
      const { end = HANDSHAKE_BYTES } = capture.chunks[capture.commands - 1] ?? {}
      bytes = mutate(random, random.chance(50) ? editHeader(random, capture, media) : media, {
        count,
        other,
        from: end,
      })
    }
    return withName(bytes, names[index % names.length] ?? CAPTURED_NAME)
  },
  // An RTMP server owes a broken session no answer.
  judge: () => null,
}

function readCapture(url: URL): Capture {
  const bytes = readFileSync(url)
  const chunks = mapChunks(bytes)
  const isCommand = ({ type }: ChunkSpan) => type === COMMAND || type === SET_CHUNK_SIZE
  const commands = chunks.findIndex((chunk) => !isCommand(chunk))
  return { bytes, chunks, commands }
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

function withName(bytes: Buffer, name: string): Buffer {
  const copy = Buffer.from(bytes)
  const wanted = Buffer.from(name.slice(0, CAPTURED_NAME.length).padEnd(CAPTURED_NAME.length))
  for (let at = copy.indexOf(CAPTURED_NAME); at >= 0; at = copy.indexOf(CAPTURED_NAME, at + 1)) {
    wanted.copy(copy, at)
  }
  return copy
}
