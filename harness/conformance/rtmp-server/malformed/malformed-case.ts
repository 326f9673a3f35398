/**
 * How far a healthy session has come when the bytes go out. `open`: TCP only; `greeted`: after the
 * handshake; `connected`: after `connect`; `created`: after `createStream` (message stream 1);
 * `publishing`: after Publish.Start, sequence header and one key frame.
 */
export type SessionStage = 'open' | 'greeted' | 'connected' | 'created' | 'publishing'

/** Bytes, so many times in a row. */
export interface Piece {
  readonly bytes: Buffer
  readonly times: number
}

/** One input that no session may be harmed by but its own. */
export interface MalformedCase {
  /** `layer/what`, stable: reports name it. */
  readonly name: string
  readonly stage: SessionStage
  readonly pieces: readonly Piece[]
}

export function once(...bytes: readonly Uint8Array[]): Piece[] {
  return [{ bytes: Buffer.concat(bytes), times: 1 }]
}

export function times(count: number, ...bytes: readonly Uint8Array[]): Piece[] {
  return [{ bytes: Buffer.concat(bytes), times: count }]
}

/** All bytes of a case. */
export function bytesOf(pieces: readonly Piece[]): Buffer {
  return Buffer.concat(
    pieces.flatMap(({ bytes, times: count }) => Array.from({ length: count }, () => bytes)),
  )
}
