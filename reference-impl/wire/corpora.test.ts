import { describe, expect, it } from 'vitest'
import { WireError } from '../errors.ts'
import { readFlvFile } from './flv-file.ts'
import { parseAudioTag, parseVideoTag } from './flv-parse.ts'
import { parseRtcp } from './rtcp.ts'
import { parseRtp } from './rtp.ts'
import { H264Depacketizer } from './rtp-h264.ts'
import { codecsOf, parseSdp, parseSdpFragment } from './sdp.ts'
import { parseSrtAck, parseSrtDropRequest, parseSrtNak } from './srt-control.ts'
import { parseSrtCapabilities, parseSrtText } from './srt-extensions.ts'
import { parseSrtHandshake } from './srt-handshake.ts'
import { parseSrtKeyMaterial } from './srt-key-material.ts'
import { parseSrtPacket } from './srt-packet.ts'
import { parseStun, parseXorAddress } from './stun.ts'
import { readCorpus } from './testing/read-corpus.ts'

/** The codes with which inputs were refused; anything else that is thrown is a bug of ours. */
function refusals(inputs: readonly (() => unknown)[]): { codes: Set<string>; read: number } {
  const codes = new Set<string>()
  let read = 0
  for (const input of inputs) {
    try {
      input()
      read += 1
    } catch (error) {
      if (!(error instanceof WireError)) throw error
      codes.add(error.code)
    }
  }
  return { codes, read }
}

describe('every reader of malformed input either reads it or says what is wrong', () => {
  it('SRT packets and their bodies', () => {
    const { codes, read } = refusals(
      readCorpus('srt').flatMap(({ bytes }) => {
        const body = bytes.subarray(16)
        const bodies = [parseSrtHandshake, parseSrtAck, parseSrtNak, parseSrtDropRequest]
        const contents = [parseSrtKeyMaterial, parseSrtCapabilities]
        return [
          () => parseSrtPacket(bytes),
          () => parseSrtText(body, 512),
          ...[...bodies, ...contents].map((parse) => () => parse(body)),
          () => parseSrtHandshake(body).extensions.map(({ content }) => parseSrtText(content, 512)),
          () =>
            parseSrtHandshake(body).extensions.map(({ content }) => parseSrtKeyMaterial(content)),
        ]
      }),
    )
    expect(read).toBeGreaterThan(500)
    expect([...codes]).toEqual(
      expect.arrayContaining(['LP_SRT_SHORT', 'LP_WIRE_SHORT', 'LP_SRT_KM', 'LP_SRT_HANDSHAKE']),
    )
  })

  it('RTP, its payloads, RTCP and STUN', () => {
    const { codes } = refusals(
      readCorpus('rtp').flatMap(({ bytes }) => [
        () => parseRtp(bytes),
        () => {
          const { payload, timestamp, marker } = parseRtp(bytes)
          return new H264Depacketizer().push(payload, timestamp, marker)
        },
        () => parseRtcp(bytes),
        () => parseStun(bytes),
        () =>
          parseStun(bytes).attributes.map(({ value }) => parseXorAddress(value, Buffer.alloc(12))),
      ]),
    )
    expect([...codes].sort()).toEqual(['LP_RTCP', 'LP_RTP', 'LP_RTP_H264', 'LP_STUN'])
  })

  it('descriptions, even large ones, without keeping others waiting', () => {
    const cases = readCorpus('sdp')
    const begun = performance.now()
    const { codes, read } = refusals(
      cases.flatMap(({ bytes }) => [
        () => parseSdp(bytes.toString()).media.map(codecsOf),
        () => parseSdpFragment(bytes.toString()),
      ]),
    )
    // All take some 50 ms; one reader that goes back and forth in 60,000 spaces takes seconds.
    expect(performance.now() - begun).toBeLessThan(2_000)
    expect(read).toBeGreaterThan(100)
    expect([...codes]).toEqual(['LP_SDP'])
  })

  it('FLV files and the bodies of their tags', () => {
    const { codes, read } = refusals(
      readCorpus('flv').flatMap(({ bytes }) => [
        () => parseVideoTag(bytes),
        () => parseAudioTag(bytes),
        () => readFlvFile(bytes),
      ]),
    )
    expect([...codes].sort()).toEqual(['LP_FLV_FILE', 'LP_FLV_PACKET', 'LP_WIRE_SHORT'])
    expect(read).toBeGreaterThan(500)
  })
})
