import { describe, expect, it } from 'vitest'
import { buildAvcFrame, buildAvcSequenceHeader } from '../wire/flv-build.ts'
import { buildAvcC } from '../wire/h264.ts'
import { TsStreamType } from '../wire/mpeg-ts.ts'
import { TsMuxer } from '../wire/mpeg-ts-muxer.ts'
import { joinAnnexB, joinLengthPrefixed } from '../wire/nal.ts'
import { bpmData, sei, stampData } from '../wire/testing/composed-sei.ts'
import { IngestLog } from './ingest-log.ts'
import type { IngestRecord } from './record.ts'
import { IngestRecorder } from './recorder.ts'
import { RecordingPublication } from './rtmp/testing/recording-gate.ts'
import { SessionBench } from './rtmp/testing/session-bench.ts'
import { TsMedia } from './srt/media.ts'
import { VideoMedia } from './whip/video-media.ts'

const SPS = Buffer.from('6742c01ed900a02ff970110000030001000003003c0f162e48', 'hex')
const PPS = Buffer.from('68ce3c80', 'hex')
const IDR = Buffer.from('6588842233', 'hex')
const VIDEO_PID = 256

type Feed = (accessUnits: readonly (readonly Uint8Array[])[]) => IngestRecord

function recorderOf(protocol: 'srt' | 'whip'): IngestRecorder {
  return new IngestRecorder(new IngestLog(), { session: 's', protocol, remote: 'r', now: 0 })
}

const rtmp: Feed = (accessUnits) => {
  const bench = new SessionBench().connect().publish()
  bench.media(9, 0, buildAvcSequenceHeader(buildAvcC([SPS], [PPS])))
  accessUnits.forEach((units, index) => {
    bench.media(9, index * 33, buildAvcFrame(true, 0, joinLengthPrefixed(units)))
  })
  return bench.record
}

const srt: Feed = (accessUnits) => {
  const recorder = recorderOf('srt')
  const media = new TsMedia(recorder, new RecordingPublication('ABCDE-12345'), 0)
  const streams = [{ pid: VIDEO_PID, type: TsStreamType.h264 }]
  const muxer = new TsMuxer({ streams, pcrPid: VIDEO_PID })
  accessUnits.forEach((units, index) => {
    const [dts, data] = [index * 3000, joinAnnexB([SPS, PPS, ...units])]
    media.push(muxer.unit({ pid: VIDEO_PID, streamId: 0xe0, pts: dts, dts, key: true, data }), 0, 0)
  })
  media.flush(0)
  return recorder.record
}

const whip: Feed = (accessUnits) => {
  const recorder = recorderOf('whip')
  const media = new VideoMedia({
    ...{ recorder, publication: new RecordingPublication('ABCDE-12345') },
    ...{ parameterSets: [SPS, PPS], needsKey: () => {} },
  })
  accessUnits.forEach((units, index) => {
    media.accessUnit({ units, timestamp: index * 3000, complete: true }, index * 3000, 0)
  })
  return recorder.record
}

const bpmOf = ({ events }: IngestRecord) => events.filter(({ type }) => type === 'bpm')

describe.each([
  ['RTMP', rtmp],
  ['SRT', srt],
  ['WHIP', whip],
] as const)('What OBS says over %s', (_, feed) => {
  it('of when it composed its key frames is summed up in one event', () => {
    const begun = Date.now()
    const record = feed(
      [300, 700, 500].map((age) => [sei([[5, bpmData(begun - age)]]), IDR]).concat([[IDR]]),
    )
    const [bpm, ...others] = bpmOf(record)
    const taken = Date.now() - begun
    expect(others).toEqual([])
    expect(bpm?.['pictures']).toBe(3)
    for (const [name, age] of [
      ['leastMs', 300],
      ['mostMs', 700],
      ['delayMs', 500],
    ] as const) {
      expect(bpm?.[name]).toBeGreaterThanOrEqual(age)
      expect(bpm?.[name]).toBeLessThanOrEqual(age + taken)
    }
  })

  it('is all that counts: our own stamp is of another clock', () => {
    expect(bpmOf(feed([[sei([[5, stampData(1000)]]), IDR], [IDR]]))).toEqual([])
  })
})
