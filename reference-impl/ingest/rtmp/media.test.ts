import { describe, expect, it } from 'vitest'
import { buildAudioSpecificConfig } from '../../wire/aac.ts'
import { AmfEcmaArray } from '../../wire/amf0.ts'
import {
  buildAacFrame,
  buildAacSequenceHeader,
  buildAvcFrame,
  buildAvcSequenceHeader,
  buildEnhancedAudio,
  buildEnhancedFrame,
  buildEnhancedSequenceHeader,
  buildMp3Frame,
} from '../../wire/flv-build.ts'
import { buildAvcC } from '../../wire/h264.ts'
import { joinLengthPrefixed } from '../../wire/nal.ts'
import { dataMessage, RtmpType } from '../../wire/rtmp-messages.ts'
import { SessionBench } from './testing/session-bench.ts'

/** 640x360, 30 fps, constrained baseline, written by x264. */
const SPS = Buffer.from('6742c01ed900a02ff970110000030001000003003c0f162e48', 'hex')
const PPS = Buffer.from('68ce3c80', 'hex')
const AVCC = buildAvcC([SPS], [PPS])
const IDR = joinLengthPrefixed([Buffer.from('6511', 'hex')])
const SLICE = joinLengthPrefixed([Buffer.from('4122', 'hex')])

function publisher() {
  const bench = new SessionBench().connect().publish()
  const [publication] = bench.gate.publications
  if (publication === undefined) throw new Error('not published')
  return { bench, publication, record: bench.record }
}

describe('RTMP media', () => {
  it('becomes tracks and frames in 90 kHz ticks', () => {
    const { bench, publication, record } = publisher()
    bench.media(8, 0, buildAacSequenceHeader(buildAudioSpecificConfig(48000, 2)))
    bench.media(9, 0, buildAvcSequenceHeader(AVCC))
    bench.media(9, 40, buildAvcFrame(true, 80, IDR))
    bench.media(8, 50, buildAacFrame(Buffer.from('abc')))
    bench.media(9, 80, buildAvcFrame(false, -40, SLICE))
    expect(publication.tracks).toMatchObject([
      { kind: 'audio', codec: 'mp4a', sampleRate: 48000, channels: 2, codecString: 'mp4a.40.2' },
      { kind: 'video', codec: 'avc1', width: 640, height: 360, codecString: 'avc1.42c01e' },
    ])
    expect(publication.frames.map(({ track, dts, pts, key }) => [track, dts, pts, key])).toEqual([
      ['video', 3600, 10800, true],
      ['audio', 4500, 4500, true],
      ['video', 7200, 3600, false],
    ])
    expect(publication.frames[0]?.data).toEqual(IDR)
    expect(record.frames).toMatchObject({
      track: [0, 1, 0],
      dts: [3600, 4500, 7200],
      cts: [7200, 0, -3600],
      key: [1, 1, 0],
      idr: [1, 0, 0],
      size: [6, 3, 6],
    })
    expect(record.tracks).toMatchObject([
      { kind: 'audio', codec: 'mp4a', sampleRate: 48000, channels: 2 },
      { kind: 'video', width: 640, height: 360, profile: 66, constraints: 0xc0, level: 30 },
    ])
  })

  it('announces a track again only when it changed', () => {
    const { bench, publication, record } = publisher()
    bench.media(9, 0, buildAvcSequenceHeader(AVCC))
    bench.media(9, 0, buildAvcSequenceHeader(AVCC))
    const other = Buffer.from(SPS)
    other[3] = 31
    bench.media(9, 0, buildAvcSequenceHeader(buildAvcC([other], [PPS])))
    expect(publication.tracks.map((track) => track.codecString)).toEqual([
      'avc1.42c01e',
      'avc1.42c01f',
    ])
    expect(record.tracks).toHaveLength(3)
  })

  it('writes down frames without a sequence header, and keeps them from viewers', () => {
    const { bench, publication, record } = publisher()
    bench.media(9, 0, buildAvcFrame(true, 0, IDR))
    bench.media(8, 0, buildAacFrame(Buffer.from('abc')))
    expect(publication.frames).toEqual([])
    expect(record.frames.size).toEqual([6, 3])
  })

  it('follows the 32-bit clock across its wrap, and a jump back as one', () => {
    const { bench, publication } = publisher()
    bench.media(9, 0xffffff00, buildAvcSequenceHeader(AVCC))
    for (const time of [0xffffffe0, 0x10, 0x30, 0x20]) {
      bench.media(9, time, buildAvcFrame(true, 0, IDR))
    }
    const base = 0xffffffe0 * 90
    const steps = publication.frames.map((frame) => (frame.dts - base) / 90)
    expect(steps).toEqual([0, 48, 80, 64])
  })

  it('turns NAL lengths of 2 bytes into 4, and says so in avcC', () => {
    const { bench, publication } = publisher()
    const short = Buffer.from(AVCC)
    short[4] = 0xfd
    bench.media(9, 0, buildAvcSequenceHeader(short))
    bench.media(9, 0, buildAvcFrame(true, 0, Buffer.from('00026511', 'hex')))
    expect(publication.frames[0]?.data).toEqual(IDR)
    expect(publication.tracks[0]?.config).toEqual(Uint8Array.from(AVCC))
  })

  it('recognises enhanced RTMP: avc1, hvc1, av01 and Opus', () => {
    const { bench, publication, record } = publisher()
    bench.send(dataMessage(['onMetaData', { width: 1280, height: 720 }], 1), 4)
    bench.media(9, 0, buildEnhancedSequenceHeader('avc1', AVCC))
    bench.media(9, 0, buildEnhancedFrame('avc1', true, 0, IDR))
    bench.media(9, 40, buildEnhancedFrame('avc1', false, 40, SLICE))
    bench.media(9, 80, buildEnhancedSequenceHeader('av01', Buffer.from('81040c00', 'hex')))
    bench.media(9, 80, buildEnhancedFrame('av01', true, 0, Buffer.from('1200', 'hex')))
    bench.media(8, 80, buildEnhancedAudio('Opus', true, Buffer.from('OpusHead')))
    bench.media(9, 120, buildEnhancedSequenceHeader('hvc1', Buffer.from('01', 'hex')))
    expect(publication.frames.map(({ dts, pts }) => [dts, pts])).toEqual([
      [0, 0],
      [3600, 7200],
      [7200, 7200],
    ])
    expect(publication.tracks).toMatchObject([
      { codecString: 'avc1.42c01e', width: 640, height: 360 },
      { codecString: 'av01.0.04M.08', width: 1280, height: 720 },
    ])
    expect(record.tracks.map((track) => track.codec)).toEqual(['avc1', 'av01', 'Opus', 'hvc1'])
    expect(record.events.filter((event) => event.type === 'error')).toHaveLength(1)
  })

  it('writes MP3 down and keeps it from viewers', () => {
    const { bench, publication, record } = publisher()
    bench.media(8, 0, buildMp3Frame(Buffer.from('fffb9064', 'hex')))
    bench.media(8, 26, buildMp3Frame(Buffer.from('fffb9064', 'hex')))
    expect(record.tracks).toMatchObject([{ codec: 'mp3', sampleRate: 44100, channels: 2 }])
    expect(record.frames.track).toEqual([1, 1])
    expect(publication.tracks).toEqual([])
    expect(publication.frames).toEqual([])
  })

  it('drops broken media and goes on', () => {
    const { bench, publication, record } = publisher()
    bench.media(9, 0, buildAvcSequenceHeader(Buffer.from('0142', 'hex')))
    bench.media(9, 0, Buffer.from('17', 'hex'))
    bench.media(9, 0, buildAvcSequenceHeader(AVCC))
    bench.media(9, 20, buildAvcFrame(true, 0, Buffer.from('000000ff65', 'hex')))
    bench.media(8, 30, Buffer.alloc(0))
    bench.media(9, 40, buildAvcFrame(true, 0, IDR))
    expect(publication.frames).toHaveLength(1)
    expect(record.events.filter((event) => event.type === 'error').map((e) => e['code'])).toEqual([
      'LP_WIRE_SHORT',
      'LP_WIRE_SHORT',
      'LP_NAL_LENGTH',
    ])
    expect(bench.session.ended).toBe(false)
  })

  it('passes metadata on, with or without @setDataFrame', () => {
    const { bench, publication, record } = publisher()
    const fields = new AmfEcmaArray({ width: 1280, encoder: 'x', '2.1': false })
    bench.send(dataMessage(['@setDataFrame', 'onMetaData', fields], 1, 0), 4)
    bench.send(dataMessage(['onCuePoint', { name: 'a' }], 1, 100), 4)
    expect(publication.metadatas).toEqual([
      { handler: 'onMetaData', value: { width: 1280, encoder: 'x', '2.1': false }, dts: 0 },
      { handler: 'onCuePoint', value: { name: 'a' }, dts: 9000 },
    ])
    expect(record.events.filter((event) => event.type === 'metadata')).toHaveLength(2)
  })

  it('takes aggregate messages apart', () => {
    const { bench, publication } = publisher()
    bench.media(9, 0, buildAvcSequenceHeader(AVCC))
    const tag = (time: number) => {
      const body = buildAvcFrame(true, 0, IDR)
      const head = Buffer.alloc(11)
      head[0] = 9
      head.writeUIntBE(body.length, 1, 3)
      head.writeUIntBE(time, 4, 3)
      return Buffer.concat([head, body, Buffer.alloc(4)])
    }
    const payload = Buffer.concat([tag(500), tag(540)])
    bench.send({ type: RtmpType.aggregate, streamId: 1, timestamp: 1000, payload }, 6)
    expect(publication.frames.map((frame) => frame.dts / 90)).toEqual([1000, 1040])
  })

  it('ignores media on another message stream', () => {
    const { bench, publication } = publisher()
    bench.media(9, 0, buildAvcSequenceHeader(AVCC), 2)
    bench.media(9, 0, buildAvcSequenceHeader(AVCC), 0)
    expect(publication.tracks).toEqual([])
  })
})
