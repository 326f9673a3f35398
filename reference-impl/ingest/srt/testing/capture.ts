import { readFileSync } from 'node:fs'

/** One datagram that a caller sent. */
export interface CapturedDatagram {
  /** ms since the first */
  readonly at: number
  readonly bytes: Buffer
}

/** Reads `fixtures/captures/<name>.bin`: time in µs (4 bytes), length (2 bytes), UDP payload. */
export function readSrtCapture(name: string): CapturedDatagram[] {
  const file = readFileSync(new URL(`../../../../fixtures/captures/${name}.bin`, import.meta.url))
  const datagrams: CapturedDatagram[] = []
  for (let at = 0; at < file.length; ) {
    const length = file.readUInt16BE(at + 4)
    const bytes = file.subarray(at + 6, at + 6 + length)
    datagrams.push({ at: file.readUInt32BE(at) / 1000, bytes })
    at += 6 + length
  }
  return datagrams
}
