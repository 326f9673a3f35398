import type { Passed } from '../tap.ts'
import type { WireCapture } from '../wire-capture.ts'
import type { Timed } from './timed.ts'

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

/** The same with the times at which it came. */
export function timedRtmpCapture(
  capture: WireCapture,
  caller: number,
  secrets: readonly string[],
): Timed[] {
  const whole = rtmpCapture(capture, caller, secrets)
  let from = 0
  return sinceFirst(piecesOf(capture, caller)).map(({ at, bytes }) => {
    from += bytes.length
    return { at, bytes: whole.subarray(from - bytes.length, from) }
  })
}

/** The datagrams of one caller with their times. */
export function srtCapture(
  capture: WireCapture,
  caller: number,
  secrets: readonly string[],
): Timed[] {
  return sinceFirst(piecesOf(capture, caller)).map(({ at, bytes }) => ({
    at,
    bytes: isHandshake(bytes) ? cleanHandshake(bytes, secrets) : bytes,
  }))
}

function sinceFirst(pieces: readonly Passed[]): { at: number; bytes: Buffer }[] {
  const first = pieces[0]?.at ?? 0
  return pieces.map(({ at, bytes }) => ({ at: at - first, bytes }))
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

/** The peer's address (draft §3.2.1), and how 127.0.0.1 stands there. */
const PEER_ADDRESS_AT = 16 + 32
const LOOPBACK = Buffer.from('0100007f000000000000000000000000', 'hex')

/** Text of a handshake stands in words of four bytes, the last first (draft §3.2.1.3). */
function cleanHandshake(bytes: Buffer, secrets: readonly string[]): Buffer {
  const whole = bytes.length - (bytes.length % 4)
  const turned = Buffer.from(bytes)
  const peer = turned.subarray(PEER_ADDRESS_AT, PEER_ADDRESS_AT + 16)
  if (!peer.equals(LOOPBACK)) peer.fill(0)
  turned.subarray(0, whole).swap32()
  const cleaned = secrets.reduce<Buffer>((text, secret) => replaced(text, secret), turned)
  cleaned.subarray(0, whole).swap32()
  return cleaned
}
