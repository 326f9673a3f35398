import { type Amf0, amf0All } from '../craft/amf0.ts'
import { basicHeader, chunked, MESSAGE, messageHeader, setChunkSize } from '../craft/chunk.ts'
import { once, type Piece } from './malformed-case.ts'

/** The message stream that servers give to the first `createStream`. */
export const STREAM = 1
const WHOLE = 0xffffff

/** A well-formed chunk stream around any body. */
export function message(type: number, body: Uint8Array, stream = 0, csid = 3): Buffer {
  return chunked({ type, stream, timestamp: 0, body }, { csid, chunkSize: 128 })
}

/** A command whose values are well-formed. */
export function command(values: readonly Amf0[], stream = 0): Buffer {
  return message(MESSAGE.command, amf0All(...values), stream)
}

/** `connect` with these bytes where its command object should be. */
export function connectWith(body: Uint8Array): Buffer {
  return message(MESSAGE.command, Buffer.concat([amf0All('connect', 1), body]))
}

export function video(...bytes: readonly (number | Uint8Array)[]): Buffer {
  return message(MESSAGE.video, join(bytes), STREAM, 6)
}

export function audio(...bytes: readonly (number | Uint8Array)[]): Buffer {
  return message(MESSAGE.audio, join(bytes), STREAM, 4)
}

/** A data message, such as @setDataFrame. */
export function data(...bytes: readonly (number | Uint8Array)[]): Buffer {
  return message(MESSAGE.data, join(bytes), STREAM, 4)
}

export function join(bytes: readonly (number | Uint8Array)[]): Buffer {
  return Buffer.concat(bytes.map((it) => (typeof it === 'number' ? Buffer.from([it]) : it)))
}

/** A message in one chunk whose body is a head, something many times over, and a tail. */
export function longMessage(
  type: number,
  head: Uint8Array,
  middle: { readonly bytes: Uint8Array; readonly times: number },
  tail: Uint8Array = Buffer.alloc(0),
): Piece[] {
  const length = head.length + middle.bytes.length * middle.times + tail.length
  const header = messageHeader(0, { timestamp: 0, type, stream: 0 }, length)
  return [
    ...once(setChunkSize(WHOLE), basicHeader(0, 3), header, head),
    { bytes: Buffer.from(middle.bytes), times: middle.times },
    ...once(tail),
  ]
}
