import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { IngestLog } from '../ingest-log.ts'
import { IngestRecorder } from '../recorder.ts'
import { RecordingPublication } from '../rtmp/testing/recording-gate.ts'
import { TsMedia } from './media.ts'

const hasFfmpeg = spawnSync('ffmpeg', ['-version']).error === undefined

/** Two seconds as ffmpeg muxes them. */
function transportStream(more: string[], offset = 0): Buffer {
  const result = spawnSync('ffmpeg', [
    ...['-hide_banner', '-loglevel', 'error'],
    ...['-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=30'],
    ...['-f', 'lavfi', '-i', 'sine=sample_rate=44100'],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '30', '-c:a', 'aac', '-t', '2'],
    ...more,
    ...['-output_ts_offset', String(offset), '-f', 'mpegts', 'pipe:1'],
  ])
  return result.stdout
}

function ingest(bytes: Buffer) {
  const log = new IngestLog()
  const options = { session: 's', protocol: 'srt', remote: 'r', now: 0 } as const
  const recorder = new IngestRecorder(log, options)
  const publication = new RecordingPublication('ABCDE-12345')
  const media = new TsMedia(recorder, publication, 0)
  for (let at = 0; at < bytes.length; at += 1316) {
    media.push(bytes.subarray(at, at + 1316), at / 1316, at / 1316)
  }
  media.flush(10_000)
  const of = (kind: string) => publication.frames.filter(({ track }) => track === kind)
  return { record: recorder.record, publication, video: of('video'), audio: of('audio') }
}

describe.skipIf(!hasFfmpeg)('what ffmpeg muxes', () => {
  it.each([
    ['with ADTS', []],
    ['with LATM', ['-mpegts_flags', 'latm']],
  ])('%s becomes frames', (_, more) => {
    const { record, publication, video, audio } = ingest(transportStream(more))
    expect(record.events.filter(({ type }) => type === 'error' || type === 'ts-fault')).toEqual([])
    expect(publication.tracks).toMatchObject([
      { codec: 'avc1', width: 320, height: 180 },
      { codec: 'mp4a', sampleRate: 44_100, channels: 1, codecString: 'mp4a.40.2' },
    ])
    expect(video).toHaveLength(60)
    expect(audio.length).toBeGreaterThan(84)
    const steps = audio.slice(1).map(({ dts }, i) => dts - (audio[i]?.dts ?? 0))
    // 1024 samples at 44.1 kHz are 2089.8 ticks.
    for (const step of steps) expect(Math.abs(step - 2089.8)).toBeLessThan(3)
  })

  it('goes on across 33 bits, with pictures in another order than they are shown', () => {
    const more = ['-bf', '2', '-preset', 'medium']
    const { record, video } = ingest(transportStream(more, 2 ** 33 / 90_000 - 2.4))
    expect(record.events.filter(({ type }) => type === 'error')).toEqual([])
    expect(video).toHaveLength(60)
    const dts = video.map((frame) => frame.dts)
    expect(dts.every((time, i) => i === 0 || time > (dts[i - 1] ?? 0))).toBe(true)
    expect(dts.at(-1)).toBeGreaterThan(2 ** 33)
    expect(video.every((frame) => frame.pts >= frame.dts && frame.pts < frame.dts + 90_000)).toBe(
      true,
    )
    expect(video.some((frame) => frame.pts > frame.dts)).toBe(true)
  })
})
