import { AMF0_OBJECT_END, amf0All, amf0EcmaArray, amf0Key } from '../craft/amf0.ts'
import { MESSAGE } from '../craft/chunk.ts'
import { command, connectWith, join, longMessage, message } from './build.ts'
import { type MalformedCase, once, type Piece } from './malformed-case.ts'

const greeted = (name: string, pieces: Piece[]): MalformedCase => ({
  name: `amf/${name}`,
  stage: 'greeted',
  pieces,
})
/** `connect` with bytes, as hex or text, where the command object should be. */
const body = (name: string, ...bytes: (number | Uint8Array)[]) =>
  greeted(name, once(connectWith(join(bytes))))
const deep = (name: string, level: string) =>
  greeted(
    name,
    longMessage(MESSAGE.command, amf0All('connect', 1), {
      bytes: Buffer.from(level, 'hex'),
      times: 20_000,
    }),
  )
const HUGE = Buffer.alloc(4, 0xff)

/** AMF 0 values that break off, lie or nest (AMF 0 specification §2). */
export const amfCases: readonly MalformedCase[] = [
  body('number-cut', 0x00, Buffer.alloc(3)),
  body('boolean-cut', 0x01),
  body('string-cut', 0x02, 0x00, 0xff, Buffer.from('short')),
  body('string-length-cut', 0x02, 0x00),
  body('long-string-huge', 0x0c, HUGE, Buffer.from('short')),
  body('xml-huge', 0x0f, HUGE, Buffer.from('<a/>')),
  body('key-cut', 0x03, 0x00, 0x40, Buffer.from('ap')),
  body('object-open', 0x03, amf0Key('app'), amf0All('live')),
  body('object-without-value', 0x03, amf0Key('app')),
  body('object-end-lone', AMF0_OBJECT_END),
  body('empty-key-without-end', 0x03, 0x00, 0x00, amf0All('x')),
  body('ecma-count-huge', amf0EcmaArray({ app: 'live' }, 0xffffffff)),
  body('ecma-open', 0x08, HUGE),
  body('strict-count-huge', 0x0a, HUGE),
  body('strict-count-huge-of-nulls', 0x0a, HUGE, Buffer.alloc(100, 0x05)),
  body('date-cut', 0x0b, Buffer.alloc(8)),
  body('typed-object', 0x10, amf0Key('Foo'), amf0Key('app'), amf0All('live'), AMF0_OBJECT_END),
  body('reference-unknown', 0x07, 0xff, 0xff),
  body('reference-to-itself', 0x03, amf0Key('me'), 0x07, 0x00, 0x00, AMF0_OBJECT_END),
  ...[0x04, 0x0d, 0x0e, 0x11, 0x12, 0x7f, 0xff].map((marker) =>
    body(`marker-${marker.toString(16)}`, marker, Buffer.alloc(8, 1)),
  ),
  body('utf8-broken', 0x03, amf0Key('app'), 0x02, 0x00, 0x03, 0xc3, 0x28, 0xff, AMF0_OBJECT_END),
  body(
    'proto',
    0x03,
    amf0Key('__proto__'),
    amf0All({ app: 'live' }),
    amf0Key('constructor'),
    amf0All({ prototype: { x: 1 } }),
    AMF0_OBJECT_END,
  ),
  deep('objects-20k-deep', '03000161'),
  deep('ecma-arrays-20k-deep', '0800000001000161'),
  deep('strict-arrays-20k-deep', '0a00000001'),
  greeted(
    'array-of-a-million-nulls',
    longMessage(MESSAGE.command, join([amf0All('connect', 1), 0x0a, 0x00, 0x0f, 0x42, 0x40]), {
      bytes: Buffer.alloc(100, 0x05),
      times: 10_000,
    }),
  ),
  greeted(
    'object-of-50k-keys',
    longMessage(
      MESSAGE.command,
      join([amf0All('connect', 1), 0x03]),
      { bytes: join([amf0Key('k'), 0x05]), times: 50_000 },
      AMF0_OBJECT_END,
    ),
  ),
  greeted('command-empty', once(message(MESSAGE.command, Buffer.alloc(0)))),
  greeted('name-number', once(command([1, 1, { app: 'live' }]))),
  greeted('name-null', once(command([null, 1]))),
  greeted('name-empty', once(command(['', 1]))),
  greeted('name-only', once(command(['connect']))),
  greeted('name-proto', once(command(['__proto__', 1]), command(['toString', 2]))),
  greeted('name-60k', once(command(['c'.repeat(60_000), 1]))),
  greeted('transaction-string', once(command(['connect', 'one', { app: 'live' }]))),
  ...[Number.NaN, Number.POSITIVE_INFINITY, -1, 1e308, 0.5].map((transaction) =>
    greeted(`transaction-${transaction}`, once(command(['connect', transaction, { app: 'live' }]))),
  ),
  greeted('amf3-command-empty', once(message(MESSAGE.amf3Command, Buffer.alloc(0)))),
  greeted(
    'amf3-command-broken',
    once(message(MESSAGE.amf3Command, join([0, amf0All('connect', 1), 0x11, 0x0a, 0xff, 0xff]))),
  ),
  greeted('amf3-data', once(message(MESSAGE.amf3Data, join([0x11, 0x09, 0xff, 0xff, 0xff])))),
]
