import type { CorpusCase } from './corpus-case.ts'

const MEDIA = [
  '#EXTM3U',
  '#EXT-X-VERSION:9',
  '#EXT-X-TARGETDURATION:2',
  '#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=12.0,PART-HOLD-BACK=1.0',
  '#EXT-X-PART-INF:PART-TARGET=0.5',
  '#EXT-X-MEDIA-SEQUENCE:7',
  '#EXT-X-DISCONTINUITY-SEQUENCE:3',
  '#EXT-X-SKIP:SKIPPED-SEGMENTS=2',
  '#EXT-X-MAP:URI="map.mp4"',
  '#EXT-X-PROGRAM-DATE-TIME:2024-01-01T00:00:00.500Z',
  '#EXTINF:2.0,',
  'one.m4s',
  '#EXT-X-PART:DURATION=0.5,URI="a.m4s",INDEPENDENT=YES',
  '#EXT-X-PRELOAD-HINT:TYPE=PART,URI="b.m4s"',
]
const MULTIVARIANT = [
  '#EXTM3U',
  '#EXT-X-STREAM-INF:BANDWIDTH=1128000,CODECS="avc1.42c01e,mp4a.40.2",RESOLUTION=640x360',
  'low.m3u8',
]
/** What stands where a number or an address should. */
const VALUES = ['', '-1', '1e9', '0x10', 'NaN', '99999999999999999999', '"', 'http://[::1', '\0']

/** Each line missing, twice, in front of all others, and with each number and address wrong. */
function lineCases(prefix: string, lines: readonly string[]): CorpusCase[] {
  const of = (name: string, changed: readonly string[]) => ({
    name: `${prefix}/${name}`,
    bytes: Buffer.from(`${changed.join('\n')}\n`, 'latin1'),
  })
  return lines.flatMap((line, index) => {
    const rest = lines.toSpliced(index, 1)
    const values = [...line.matchAll(/(?<=[:=])"?[\w.:/+-]+"?(?=,|$)/g)]
    return [
      of(`${index}/missing`, rest),
      of(`${index}/twice`, lines.toSpliced(index, 0, line)),
      of(`${index}/first`, [line, ...rest]),
      of(`${index}/cut`, [...lines.slice(0, index), line.slice(0, line.length >> 1)]),
      ...values.flatMap(([found], which) =>
        VALUES.map((value, at) => {
          const changed = lines.with(index, line.replace(found, value))
          return of(`${index}/value-${which}-${at}`, changed)
        }),
      ),
    ]
  })
}

const text = (name: string, content: string) => ({ name, bytes: Buffer.from(content, 'latin1') })

/** Playlists of media and of variants. */
export const hlsTables: Readonly<Record<string, readonly CorpusCase[]>> = {
  media: lineCases('media', MEDIA),
  multivariant: lineCases('multivariant', MULTIVARIANT),
  large: [
    text('large/lines', `#EXTM3U\n${'#EXT-X-GAP\n'.repeat(60_000)}`),
    text('large/attributes', `#EXTM3U\n#EXT-X-PART:${'A=1,'.repeat(60_000)}\n`),
    text('large/quote', `#EXTM3U\n#EXT-X-MAP:URI="${'a'.repeat(200_000)}\n`),
    text('large/spaces', `#EXTM3U\n${' '.repeat(200_000)}\n`),
    text('large/no-line-feed', '#EXT-X-VERSION:'.repeat(20_000)),
    text('empty', ''),
    text('byte-order-mark', `\xef\xbb\xbf${MEDIA.join('\n')}\n`),
    text('carriage-returns', `${MEDIA.join('\r\n')}\r\n`),
  ],
}
