import { readFileSync } from 'node:fs'
import { MESSAGE } from './craft/chunk.ts'
import { type ChunkSpan, HANDSHAKE_BYTES, mapChunks } from './read/chunk-map.ts'

export const CAPTURES = ['obs-29.0.2-rtmp', 'ffmpeg-5.1-rtmp'] as const
export type CaptureName = (typeof CAPTURES)[number]

/** The key that the captured encoders published; a stream name is as long. */
export const CAPTURED_NAME = 'ABCDE-XYZ12'

/** What an encoder sent, from C0 to its last byte. */
export interface Capture {
  readonly bytes: Buffer
  readonly chunks: readonly ChunkSpan[]
  /** Chunks up to `publish`, after which the encoder waited for Publish.Start. */
  readonly commands: number
  /** Bytes of the same. */
  readonly commandsEnd: number
}

export function readCapture(name: CaptureName): Capture {
  const bytes = readFileSync(new URL(`../../../fixtures/captures/${name}.bin`, import.meta.url))
  const chunks = mapChunks(bytes)
  const commands = chunks.findIndex(
    ({ type }) => type !== MESSAGE.command && type !== MESSAGE.setChunkSize,
  )
  const commandsEnd = chunks[commands - 1]?.end ?? HANDSHAKE_BYTES
  return { bytes, chunks, commands, commandsEnd }
}

/** The same bytes for another stream. A name of another length is cut or filled: it must be 11. */
export function withStreamName(bytes: Buffer, streamName: string): Buffer {
  const size = CAPTURED_NAME.length
  const wanted = Buffer.from(streamName.slice(0, size).padEnd(size))
  const copy = Buffer.from(bytes)
  for (let at = copy.indexOf(CAPTURED_NAME); at >= 0; at = copy.indexOf(CAPTURED_NAME, at + 1)) {
    wanted.copy(copy, at)
  }
  return copy
}
