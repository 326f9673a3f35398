import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { WireError } from '../errors.ts'
import { codecsOf, parseSdp, parseSdpFragment } from './sdp.ts'

const OFFER = [
  'v=0',
  'o=- 1 1 IN IP4 127.0.0.1',
  's=-',
  't=0 0',
  'a=group:BUNDLE 0',
  'm=video 9 UDP/TLS/RTP/SAVPF 96 97',
  'a=mid:0',
  'a=rtpmap:96 H264/90000',
  'a=fmtp:96 profile-level-id=42e01f; packetization-mode=1',
  'a=rtcp-fb:96 nack pli',
  'a=rtcp-fb:* goog-remb',
  '',
].join('\r\n')

describe('SDP', () => {
  it('reads sections, attributes and codecs', () => {
    const { attributes, media } = parseSdp(OFFER)
    expect(attributes).toEqual([{ name: 'group', value: 'BUNDLE 0' }])
    expect(media[0]).toMatchObject({ kind: 'video', port: 9, formats: ['96', '97'] })
    const [section] = media
    expect(section && codecsOf(section)).toEqual([
      {
        payloadType: 96,
        name: 'H264',
        clockRate: 90_000,
        channels: 1,
        parameters: { 'profile-level-id': '42e01f', 'packetization-mode': '1' },
        fmtp: 'profile-level-id=42e01f; packetization-mode=1',
        feedback: ['nack pli', 'goog-remb'],
      },
    ])
  })

  it.each([
    ['nothing', ''],
    ['other text', 'hello'],
    ['no origin', 'v=0\r\ns=-\r\n'],
    ['a media line without formats', OFFER.replace(' 96 97', '')],
    ['a port that is none', OFFER.replace('video 9', 'video 70000')],
    ['a line that is none', OFFER.replace('t=0 0', 't0 0')],
  ])('refuses %s', (_what, text) => {
    expect(() => parseSdp(text)).toThrow(WireError)
  })

  it('counts before it reads', () => {
    const limits = { maxBytes: 1_000, maxLines: 20, maxMedia: 2 }
    const media = 'm=audio 9 UDP/TLS/RTP/SAVPF 0\r\n'
    expect(() => parseSdp(OFFER + media.repeat(2), limits)).toThrow('too many media sections')
    expect(() => parseSdp(OFFER + 'a=x\r\n'.repeat(30), limits)).toThrow('too many lines')
    expect(() => parseSdp(OFFER + 'a'.repeat(2_000), limits)).toThrow('too long')
  })

  it('reads a fragment, and nothing but attributes and media in it', () => {
    expect(parseSdpFragment('a=ice-ufrag:x\r\n').attributes).toHaveLength(1)
    expect(() => parseSdpFragment('v=0\r\n')).toThrow(WireError)
  })

  it('reads or refuses any text: mutations of an offer, and noise', () => {
    const mutated = fc
      .tuple(fc.integer({ min: 0, max: OFFER.length }), fc.string({ maxLength: 8 }), fc.nat(6))
      .map(([at, insert, cut]) => OFFER.slice(0, at) + insert + OFFER.slice(at + cut))
    fc.assert(
      fc.property(fc.oneof(fc.string(), mutated), (text) => {
        try {
          for (const media of parseSdp(text).media) codecsOf(media)
        } catch (error) {
          expect(error).toBeInstanceOf(WireError)
        }
      }),
    )
  })
})
