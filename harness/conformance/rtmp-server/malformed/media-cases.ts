import { AMF0_OBJECT_END, amf0All, amf0EcmaArray, amf0Key } from '../craft/amf0.ts'
import { chunked, MESSAGE, uint32 } from '../craft/chunk.ts'
import { avcConfig } from '../craft/media.ts'
import { audio, data, join, STREAM, video } from './build.ts'
import { type MalformedCase, once, times } from './malformed-case.ts'

const publishing = (name: string, ...messages: Buffer[]): MalformedCase => ({
  name: `media/${name}`,
  stage: 'publishing',
  pieces: once(...messages),
})
const header = (config: Uint8Array) => video(0x17, 0, 0, 0, 0, config)
const sps = (hex: string) => header(avcConfig(Buffer.from(hex, 'hex')))
const frame = (...bytes: (number | Uint8Array)[]) => video(0x27, 1, 0, 0, 0, ...bytes)
const at = (timestamp: number, body: Uint8Array) =>
  chunked({ type: MESSAGE.video, stream: STREAM, timestamp, body }, { csid: 6, chunkSize: 128 })
const SLICE = Buffer.from('00000007419a2013f01e30', 'hex')
const metadata = (...bytes: (number | Uint8Array)[]) =>
  data(amf0All('@setDataFrame', 'onMetaData'), ...bytes)

/** FLV tags, H.264 and AAC configurations, NAL units, metadata (FLV 10.1 E.4; ISO 14496-15). */
export const mediaCases: readonly MalformedCase[] = [
  publishing('video-empty', video()),
  publishing(
    'video-1-to-4-bytes',
    video(0x17),
    video(0x17, 1),
    video(0x17, 1, 0),
    video(0x17, 1, 0, 0),
  ),
  publishing(
    'video-every-codec',
    ...Array.from({ length: 16 }, (_, id) => video(0x10 | id, 1, 0, 0, 0, SLICE)),
  ),
  publishing(
    'video-every-frame-type',
    ...Array.from({ length: 16 }, (_, type) => video((type << 4) | 7, 1, 0, 0, 0, SLICE)),
  ),
  publishing('video-packet-type-9', video(0x17, 9, 0, 0, 0, SLICE)),
  publishing('video-end-of-sequence', video(0x17, 2, 0, 0, 0), frame(SLICE)),
  publishing('nal-length-0', frame(uint32(0), uint32(0), uint32(0))),
  publishing('nal-length-0-many', frame(Buffer.alloc(40_000))),
  publishing('nal-length-huge', frame(uint32(0xffffffff), SLICE)),
  publishing('nal-length-beyond-end', frame(uint32(500), SLICE)),
  publishing('nal-length-cut', frame(SLICE, 0, 0)),
  publishing('nal-annex-b', frame(Buffer.from('00000001419a2013f01e30', 'hex'))),
  publishing('avcc-empty', header(Buffer.alloc(0))),
  publishing('avcc-cut', header(avcConfig().subarray(0, 7)), header(avcConfig().subarray(0, 20))),
  publishing('avcc-version-9', header(join([9, avcConfig().subarray(1)]))),
  publishing('avcc-31-sps', header(Buffer.from('0142c00dffff' + 'ffff6742', 'hex'))),
  publishing('avcc-no-sps', header(Buffer.from('0142c00dffe000', 'hex'))),
  publishing('avcc-sps-length-0', header(Buffer.from('0142c00dffe1000000', 'hex'))),
  publishing(
    'avcc-1-byte-lengths',
    header(join([avcConfig().subarray(0, 4), 0xfc, avcConfig().subarray(5)])),
    frame(SLICE),
  ),
  publishing('sps-1-byte', sps('67')),
  publishing('sps-of-another-type', sps('4142c00dda')),
  publishing('sps-zeros', sps(`6742c00d${'00'.repeat(60)}`)),
  publishing('sps-ones', sps(`6742c00d${'ff'.repeat(60)}`)),
  publishing('sps-exp-golomb-endless', sps(`6764001f${'00'.repeat(12)}ff`)),
  publishing('sps-huge-size', sps('6742c00d80000001fffffffe00000001fffffffe80')),
  publishing('sps-poc-cycle-255', sps('6742c00d90ffffffffffffffffffffffff')),
  publishing('sps-emulation-prevention', sps('6742c00d000003000003000003000003')),
  publishing('header-flood', ...Array.from({ length: 200 }, () => header(avcConfig()))),
  publishing(
    'composition-extreme',
    video(0x27, 1, 0x80, 0, 0, SLICE),
    video(0x27, 1, 0x7f, 0xff, 0xff, SLICE),
  ),
  publishing('enhanced-cut', video(0x90), video(0x90, 0x68), video(0x90, 0x68, 0x76, 0x63)),
  publishing('enhanced-unknown', video(0x90, Buffer.from('zzzz'), Buffer.alloc(20, 1))),
  publishing(
    'enhanced-hevc-empty',
    video(0x90, Buffer.from('hvc1')),
    video(0x91, Buffer.from('hvc1')),
  ),
  publishing('enhanced-hevc-broken', video(0x90, Buffer.from('hvc1'), Buffer.alloc(30, 0xff))),
  publishing('enhanced-av1-broken', video(0x90, Buffer.from('av01'), Buffer.alloc(4, 0xff))),
  publishing(
    'enhanced-every-packet-type',
    ...Array.from({ length: 16 }, (_, type) =>
      video(0x90 | type, Buffer.from('hvc1'), Buffer.alloc(8, 1)),
    ),
  ),
  publishing('audio-empty', audio(), audio(0xaf)),
  publishing(
    'audio-every-codec',
    ...Array.from({ length: 16 }, (_, id) => audio((id << 4) | 15, 1, 0x21, 0x10)),
  ),
  publishing('aac-config-empty', audio(0xaf, 0)),
  publishing('aac-config-cut', audio(0xaf, 0, 0x17), audio(0xaf, 1, 0x21)),
  publishing(
    'aac-config-frequency-15',
    audio(0xaf, 0, 0x17, 0x80),
    audio(0xaf, 0, 0x17, 0x80, 0, 0, 0),
  ),
  publishing('aac-config-reserved', audio(0xaf, 0, 0xff, 0xff, 0xff, 0xff)),
  publishing('aac-frame-without-config', audio(0xaf, 1, 0x21, 0x10, 0x04)),
  publishing('aac-frame-empty', audio(0xaf, 0, 0x11, 0x90), audio(0xaf, 1)),
  publishing('metadata-cut', metadata(0x08, 0, 0, 0)),
  publishing('metadata-no-value', metadata()),
  publishing('metadata-name-number', data(amf0All('@setDataFrame', 5, { width: 1 }))),
  publishing('metadata-no-string', data(amf0All(1, 2, 3))),
  publishing('metadata-empty', data()),
  publishing(
    'metadata-wrong-types',
    metadata(
      amf0EcmaArray({ width: 'wide', height: null, framerate: { a: 1 }, videocodecid: true }),
    ),
  ),
  publishing(
    'metadata-extreme-numbers',
    metadata(
      amf0EcmaArray({
        width: Number.NaN,
        height: Number.POSITIVE_INFINITY,
        framerate: -1e308,
        duration: 5e-324,
      }),
    ),
  ),
  publishing(
    'metadata-proto',
    metadata(0x03, amf0Key('__proto__'), amf0All({ polluted: true }), AMF0_OBJECT_END),
  ),
  publishing(
    'metadata-5000-keys',
    metadata(
      amf0EcmaArray(Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`k${i}`, i]))),
    ),
  ),
  publishing('metadata-60k-string', metadata(amf0All({ encoder: 'x'.repeat(60_000) }))),
  publishing(
    'metadata-1000-deep',
    metadata(...Array.from({ length: 1_000 }, () => Buffer.from('03000161', 'hex')), 0x05),
  ),
  publishing(
    'metadata-script',
    metadata(amf0EcmaArray({ encoder: '<img src=x onerror=alert(1)>' })),
  ),
  {
    name: 'media/metadata-flood',
    stage: 'publishing',
    pieces: times(2_000, metadata(amf0EcmaArray({ width: 1, height: 2 }))),
  },
  publishing('time-last', at(0xffffffff, Buffer.concat([Buffer.from('2701000000', 'hex'), SLICE]))),
  publishing(
    'time-backwards',
    at(50_000, Buffer.concat([Buffer.from('2701000000', 'hex'), SLICE])),
    at(10, Buffer.concat([Buffer.from('2701000000', 'hex'), SLICE])),
  ),
  publishing(
    'time-half-the-clock',
    at(0x7fffffff, Buffer.concat([Buffer.from('2701000000', 'hex'), SLICE])),
    at(0x80000000, Buffer.concat([Buffer.from('2701000000', 'hex'), SLICE])),
  ),
]
