import type { CorpusCase } from './corpus-case.ts'

/** What a small encoder offers: Opus and H.264, bundled. */
export const HEALTHY_OFFER: string = [
  'v=0',
  'o=- 1 1 IN IP4 127.0.0.1',
  's=-',
  't=0 0',
  'a=group:BUNDLE 0 1',
  'a=ice-options:trickle',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111',
  'c=IN IP4 0.0.0.0',
  'a=mid:0',
  'a=sendonly',
  'a=rtcp-mux',
  'a=ice-ufrag:abcd',
  'a=ice-pwd:abcdefghijklmnopqrstuv',
  `a=fingerprint:sha-256 ${'AB:'.repeat(31)}AB`,
  'a=setup:actpass',
  'a=rtpmap:111 opus/48000/2',
  'a=fmtp:111 minptime=10;useinbandfec=1',
  'm=video 9 UDP/TLS/RTP/SAVPF 96',
  'c=IN IP4 0.0.0.0',
  'a=mid:1',
  'a=sendonly',
  'a=rtcp-mux',
  'a=rtpmap:96 H264/90000',
  'a=fmtp:96 packetization-mode=1;profile-level-id=42e01f',
  'a=rtcp-fb:96 nack',
  'a=rtcp-fb:96 nack pli',
  '',
].join('\r\n')

/** In place of what stands behind the first `=` or `:` of a line. */
const VALUES: Readonly<Record<string, string>> = {
  nothing: '',
  zero: '0',
  negative: '-1',
  huge: '99999999999999999999',
  spaces: ' '.repeat(40),
  words: 'a b c d e f g h',
  'not-ascii': '\u00fc\ud83d\ude00',
  proto: '__proto__',
}

function lineCases(): CorpusCase[] {
  const lines = HEALTHY_OFFER.trimEnd().split('\r\n')
  return lines.flatMap((line, i) => {
    const [, key = '', value = ''] = /^([a-z]=(?:[a-z-]+:)?)(.*)$/.exec(line) ?? []
    const name = `${String(i).padStart(2, '0')}-${line.slice(0, 14).replaceAll(/[^a-z0-9=-]/gi, '.')}`
    const put = (what: string, replacement: readonly string[]) => ({
      name: `line-${name}/${what}`,
      bytes: Buffer.from(`${lines.toSpliced(i, 1, ...replacement).join('\r\n')}\r\n`),
    })
    return [
      put('gone', []),
      put('twice', [line, line]),
      put('cut', [line.slice(0, key.length + Math.floor(value.length / 2))]),
      ...Object.entries(VALUES).map(([what, text]) => put(what, [key + text])),
    ]
  })
}

/** Bytes of an SDP that is as large as a request may be. */
const LARGE = 60_000

function largeCases(): CorpusCase[] {
  const add = (text: string) => Buffer.from(HEALTHY_OFFER + text)
  const fill = (line: string) => line.repeat(Math.floor(LARGE / line.length))
  const formats = Array.from({ length: 2_000 }, (_, i) => ` ${i % 128}`).join('')
  return [
    { name: 'large/attributes', bytes: add(fill('a=x\r\n')) },
    { name: 'large/media', bytes: add(fill('m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n')) },
    { name: 'large/one-line', bytes: add(`a=${'x'.repeat(LARGE)}\r\n`) },
    { name: 'large/formats', bytes: add(`m=video 9 UDP/TLS/RTP/SAVPF${formats}\r\na=mid:9\r\n`) },
    {
      name: 'large/parameter-of-spaces',
      bytes: add(`a=fmtp:96 x=${' '.repeat(LARGE)}x\r\n`),
    },
    { name: 'large/spaces', bytes: add(`a=${' '.repeat(LARGE)}x\r\n`) },
    { name: 'large/media-of-spaces', bytes: add(`m=${' '.repeat(LARGE)}x\r\n`) },
    {
      name: 'large/candidates',
      bytes: add(fill('a=candidate:1 1 udp 1 127.0.0.1 9 typ host\r\n')),
    },
  ]
}

/** Every line of an offer, and offers that are large. */
export const sdpTables: Readonly<Record<string, readonly CorpusCase[]>> = {
  lines: lineCases(),
  large: largeCases(),
}
