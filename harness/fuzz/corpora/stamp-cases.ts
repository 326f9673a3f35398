import { STAMP_UUID, writeStamp } from '../../measure/stamp.ts'
import type { CorpusCase } from './corpus-case.ts'

const STAMP = { streamTag: '0badcafe', frame: 7, timeUs: 1_234_567 }
const AVC = Buffer.from(writeStamp(STAMP))
const HEVC = Buffer.from(writeStamp(STAMP, 'hevc'))
const MOST = String(Number.MAX_SAFE_INTEGER)

/** Lines that are nearly those of a stamp. */
const LINES: Readonly<Record<string, string>> = {
  ...{ 'no-line-feed': 'LP1 0badcafe 7 1234567', empty: '', 'line-feed-only': '\n' },
  ...{ 'other-version': 'LP2 0badcafe 7 1234567\n', 'lower-case': 'lp1 0badcafe 7 1234567\n' },
  ...{ 'short-tag': 'LP1 0badcaf 7 1234567\n', 'long-tag': 'LP1 0badcafe0 7 1234567\n' },
  ...{ 'upper-tag': 'LP1 0BADCAFE 7 1234567\n', 'no-hex-tag': 'LP1 0badcafg 7 1234567\n' },
  ...{ 'two-spaces': 'LP1 0badcafe  7 1234567\n', tab: 'LP1 0badcafe\t7 1234567\n' },
  ...{ negative: 'LP1 0badcafe -7 1234567\n', fraction: 'LP1 0badcafe 7 1234567.5\n' },
  ...{ exponent: 'LP1 0badcafe 7 1e6\n', 'leading-zero': 'LP1 0badcafe 07 1234567\n' },
  ...{ 'no-time': 'LP1 0badcafe 7 \n', 'no-frame': 'LP1 0badcafe 1234567\n' },
  ...{ 'carriage-return': 'LP1 0badcafe 7 1234567\r\n', words: 'LP1 0badcafe seven late\n' },
  most: `LP1 0badcafe ${MOST} ${MOST}\n`,
  'past-most': `LP1 0badcafe 9007199254740992 9999999999999999\n`,
  '17-digits': `LP1 0badcafe 7 ${'1'.repeat(17)}\n`,
  'endless-digits': `LP1 0badcafe ${'1'.repeat(4_000)}`,
  'zero-bytes': 'LP1 0badcafe 7\0 1234567\n',
}

const behindUuid = (text: string) =>
  Buffer.concat([Buffer.of(0x06, 0x05, 0xff), STAMP_UUID, Buffer.from(text, 'latin1')])

/** SEI messages that carry a stamp that is broken, cut, or beside another. */
export const stampTables: Readonly<Record<string, readonly CorpusCase[]>> = {
  lines: Object.entries(LINES).map(([name, text]) => ({
    name: `line/${name}`,
    bytes: behindUuid(text),
  })),
  messages: [
    ...Array.from({ length: AVC.length }, (_, end) => ({
      name: `avc/cut-at-${end}`,
      bytes: Buffer.from(AVC.subarray(0, end)),
    })),
    ...[0, 1, 15, 16, 17, 0x7f, 0xff].map((size) => {
      const bytes = Buffer.from(AVC)
      bytes[2] = size
      return { name: `avc/payload-size=${size}`, bytes }
    }),
    ...[0, 4, 6, 0xff].map((type) => {
      const bytes = Buffer.from(HEVC)
      bytes[2] = type
      return { name: `hevc/payload-type=${type}`, bytes }
    }),
    {
      name: 'uuid/nearly',
      bytes: Buffer.concat([STAMP_UUID.subarray(0, 15), Buffer.of(0), AVC.subarray(19)]),
    },
    { name: 'uuid/begun-twice', bytes: Buffer.concat([STAMP_UUID.subarray(0, 8), AVC]) },
    { name: 'uuid/many', bytes: Buffer.concat(Array.from({ length: 2_000 }, () => STAMP_UUID)) },
    { name: 'broken-then-whole', bytes: Buffer.concat([behindUuid('LP1 x'), AVC]) },
    { name: 'two', bytes: Buffer.concat([AVC, HEVC]) },
  ],
}
