import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { WireCapture } from '../wire-capture.ts'
import { CAPTURED_NAME, rtmpCapture, sentBy, srtCapture } from './capture-files.ts'
import { writeTimed } from './timed.ts'

const fixture = (name: string) =>
  readFileSync(new URL(`../../../fixtures/captures/${name}`, import.meta.url))

/** The real encoder's bytes, with another stream name in them. */
function rtmpWith(name: string): Buffer {
  const bytes = Buffer.from(fixture('ffmpeg-5.1-rtmp.bin'))
  for (let at = bytes.indexOf(CAPTURED_NAME); at >= 0; at = bytes.indexOf(CAPTURED_NAME))
    bytes.write(name, at, 'latin1')
  return bytes
}

function captured(pieces: readonly { at: number; bytes: Buffer }[]): WireCapture {
  const capture = new WireCapture()
  for (const piece of pieces) {
    capture.add({ caller: 0, way: 'up', ...piece })
    capture.add({ caller: 0, way: 'down', at: piece.at, bytes: Buffer.from('answer') })
  }
  return capture
}

describe('A capture', () => {
  it('over RTMP has what the encoder sent, with the name of all captures', () => {
    const bytes = rtmpWith('sEcRe-tNaMe')
    const half = bytes.length >> 1
    const capture = captured([
      { at: 1, bytes: bytes.subarray(0, half) },
      { at: 2, bytes: bytes.subarray(half) },
    ])
    const file = rtmpCapture(capture, 0, ['sEcRe-tNaMe'])
    expect(file.equals(fixture('ffmpeg-5.1-rtmp.bin'))).toBe(true)
  })

  it('finds a name that the header of a chunk cuts in two', () => {
    const bytes = Buffer.concat([
      Buffer.from('rtmp://203.0.1'),
      Buffer.from([0xc3]),
      Buffer.from('13.7:1935/live sEcRe'),
      Buffer.from([0xc3]),
      Buffer.from('-tNaMe'),
    ])
    const file = rtmpCapture(captured([{ at: 0, bytes }]), 0, ['sEcRe-tNaMe', '203.0.113.7'])
    expect(file.toString('latin1')).toBe('rtmp://000.0.0\xc300.0:1935/live ABCDE\xc3-XYZ12')
  })

  it('over SRT has the form of our captures, and another name in the handshake', () => {
    const bytes = fixture('obs-29.0.2-srt.bin')
    const datagrams: { at: number; bytes: Buffer }[] = []
    for (let at = 0; at < bytes.length; ) {
      const length = bytes.readUInt16BE(at + 4)
      datagrams.push({
        at: 7 + bytes.readUInt32BE(at) / 1000,
        bytes: bytes.subarray(at + 6, at + 6 + length),
      })
      at += 6 + length
    }
    const capture = captured(datagrams)
    expect(writeTimed(srtCapture(capture, 0, [])).equals(bytes)).toBe(true)
    const text = (file: Buffer) =>
      Buffer.from(file.subarray(0, file.length - (file.length % 4)))
        .swap32()
        .toString('latin1')
    const cleaned = writeTimed(
      srtCapture(capture, 0, [CAPTURED_NAME.replace('A', 'Z'), 'BCDE-XYZ12']),
    )
    expect(cleaned).toHaveLength(bytes.length)
    const conclusion = captured([datagrams[1]!])
    expect(text(sentBy(conclusion, 0)[0]!)).toContain('ABCDE-XYZ12')
    const [clean] = srtCapture(conclusion, 0, ['ABCDE-XYZ'])
    expect(text(Buffer.from(clean!.bytes))).not.toContain('ABCDE')
  })

  it('keeps nothing behind what did not fit', () => {
    const capture = new WireCapture(10)
    const add = (length: number) =>
      capture.add({ caller: 0, way: 'up', at: 0, bytes: Buffer.alloc(length) })
    for (const length of [8, 4, 1]) add(length)
    expect(capture.truncated).toBe(true)
    expect(sentBy(capture, 0).map(({ length }) => length)).toEqual([8])
  })
})
