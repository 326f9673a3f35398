import type { Passed } from '../tap.ts'
import type { WireCapture } from '../wire-capture.ts'

/** Stands for the stream's name in captures; as long as every stream name. */
export const CAPTURED_NAME = 'ABCDE-XYZ12'

/** What the encoder sent on one connection, RTMP, without the stream's name and its own address. */
export function rtmpCapture(
  capture: WireCapture,
  caller: number,
  secrets: readonly string[],
): Buffer {
  const bytes = Buffer.concat(sentBy(capture, caller))
  return secrets.reduce<Buffer>((cleaned, secret) => replaced(cleaned, secret), bytes)
}

/** Time since the first in µs (4 bytes), length (2 bytes), datagram: as in `fixtures/captures`. */
export function srtCapture(
  capture: WireCapture,
  caller: number,
  secrets: readonly string[],
): Buffer {
  const sent = piecesOf(capture, caller)
  const first = sent[0]?.at ?? 0
  return Buffer.concat(
    sent.flatMap(({ at, bytes }) => {
      const head = Buffer.alloc(6)
      head.writeUInt32BE(Math.round((at - first) * 1000), 0)
      head.writeUInt16BE(bytes.length, 4)
      return [head, isHandshake(bytes) ? cleanHandshake(bytes, secrets) : bytes]
    }),
  )
}

/** Bytes or datagrams of one caller, in order. */
export function sentBy(capture: WireCapture, caller: number): Buffer[] {
  return piecesOf(capture, caller).map(({ bytes }) => bytes)
}

function piecesOf({ pieces }: WireCapture, caller: number): Passed[] {
  return pieces.filter((piece) => piece.caller === caller && piece.way === 'up')
}

/**
 * The bytes with every `secret` replaced by something as long. A message may be cut by the header
 * of its next chunk (one byte, 0xC0 and above), so a secret may have one in its midst.
 */
function replaced(bytes: Buffer, secret: string): Buffer {
  if (secret.length < 3) return bytes
  const copy = Buffer.from(bytes)
  const stand = standIn(secret)
  const wanted = Buffer.from(secret, 'latin1')
  for (let at = copy.indexOf(wanted[0]!); at >= 0; at = copy.indexOf(wanted[0]!, at + 1)) {
    const places: number[] = []
    let cut = false
    for (let i = at; places.length < wanted.length && i < copy.length; i++) {
      if (copy[i] === wanted[places.length]) places.push(i)
      else if (!cut && places.length > 0 && copy[i]! >= 0xc0) cut = true
      else break
    }
    if (places.length < wanted.length) continue
    for (const [index, place] of places.entries()) copy[place] = stand.charCodeAt(index)
  }
  return copy
}

/** As long as the secret: the name of all captures, or an address of zeros. */
function standIn(secret: string): string {
  if (secret.length === CAPTURED_NAME.length && secret[5] === '-') return CAPTURED_NAME
  return secret.replaceAll(/[0-9]/g, '0').replaceAll(/[A-Za-z]/g, 'x')
}

/** A control packet of type 0 (draft §3.2.1). */
function isHandshake(bytes: Buffer): boolean {
  return bytes.length >= 16 + 48 && bytes.readUInt16BE(0) === 0x8000 && bytes.readUInt16BE(2) === 0
}

/** Text of a handshake stands in words of four bytes, the last first (draft §3.2.1.3). */
function cleanHandshake(bytes: Buffer, secrets: readonly string[]): Buffer {
  const whole = bytes.length - (bytes.length % 4)
  const turned = Buffer.from(bytes)
  turned.subarray(0, whole).swap32()
  const cleaned = secrets.reduce<Buffer>((text, secret) => replaced(text, secret), turned)
  cleaned.subarray(0, whole).swap32()
  return cleaned
}
