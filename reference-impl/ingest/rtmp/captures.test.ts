import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { IngestEvent, IngestRecord } from '../record.ts'
import { SessionBench } from './testing/session-bench.ts'

const OBS = readFileSync(new URL('../../../fixtures/captures/obs-29.0.2-rtmp.bin', import.meta.url))
const FFMPEG = readFileSync(
  new URL('../../../fixtures/captures/ffmpeg-5.1-rtmp.bin', import.meta.url),
)

const GSTREAMER = readFileSync(
  new URL('../../../fixtures/captures/gstreamer-1.22-rtmp.bin', import.meta.url),
)

/** 13.7 s at 30 fps, and at 48 kHz / 1024 samples; the sums are those that tshark finds. */
const OBS_FRAMES = { video: 411, audio: 642 }
/** 8 s of the same; one audio frame more for the encoder's priming. */
const FFMPEG_FRAMES = { video: 240, audio: 376 }

function replay(bytes: Uint8Array, pieceSize = 1_460): SessionBench {
  const bench = new SessionBench({ ownHandshake: true })
  for (let at = 0; at < bytes.length; at += pieceSize) {
    bench.receive(bytes.subarray(at, at + pieceSize))
  }
  return bench
}

function commandsOf(record: IngestRecord) {
  return record.events
    .filter((event) => event.type === 'command')
    .map((event) => [event['name'], event['transaction'], event['csid'], event['messageStream']])
}

function eventTypes(record: IngestRecord) {
  return record.events.map((event) => event.type)
}

function eventOf(record: IngestRecord, type: string): IngestEvent {
  return record.events.find((event) => event.type === type) ?? { at: -1, type: 'missing' }
}

describe('the capture of GStreamer 1.22', () => {
  const { record, gate } = replay(GSTREAMER)
  const frames = gate.publications[0]?.frames ?? []

  it('counts only the commands that are answered, and stays at 128 bytes', () => {
    expect(commandsOf(record)).toEqual([
      ['connect', 1, 3, 0],
      ['releaseStream', 0, 3, 0],
      ['FCPublish', 0, 3, 0],
      ['createStream', 2, 3, 0],
      ['publish', 0, 3, 1],
      ['FCUnpublish', 0, 3, 0],
      ['deleteStream', 0, 3, 0],
    ])
    expect(eventOf(record, 'chunk-size')).toMatchObject({ size: 128 })
  })

  it('has every frame, on a clock that only grows', () => {
    for (const [track, count] of [
      ['video', 240],
      ['audio', 375],
    ] as const) {
      const times = frames.filter((frame) => frame.track === track).map(({ dts }) => dts)
      expect(times).toHaveLength(count)
      expect(times.every((time, i) => i === 0 || time > (times[i - 1] ?? 0))).toBe(true)
    }
    expect(record.events.filter((event) => event.type === 'error')).toEqual([])
  })
})

describe('the capture of OBS 29', () => {
  const bench = replay(OBS)
  const { record } = bench
  const [publication] = bench.gate.publications

  it('shakes hands plainly', () => {
    expect(eventOf(record, 'handshake')).toMatchObject({ version: 3, c1Zero: true, digest: null })
  })

  it('sets its chunk size before connect, then publishes in the known order', () => {
    expect(eventTypes(record).slice(0, 3)).toEqual(['handshake', 'chunk-size', 'command'])
    expect(eventOf(record, 'chunk-size')).toMatchObject({ size: 4096 })
    expect(commandsOf(record)).toEqual([
      ['connect', 1, 3, 0],
      ['releaseStream', 2, 3, 0],
      ['FCPublish', 3, 3, 0],
      ['createStream', 4, 3, 0],
      ['publish', 5, 4, 1],
    ])
    expect(eventOf(record, 'command')['args']).toMatchObject([
      { app: 'live', type: 'nonprivate', flashVer: 'FMLE/3.0 (compatible; FMSc/1.0)' },
    ])
    expect(eventOf(record, 'publish')).toMatchObject({ name: 'ABCDE-XYZ12', kind: 'live' })
  })

  it('declares its media in twenty fields', () => {
    const { handler, value } = eventOf(record, 'metadata')
    expect(handler).toBe('onMetaData')
    expect(Object.keys(value as object)).toHaveLength(20)
    expect(value).toMatchObject({ width: 640, height: 360, videocodecid: 7, audiocodecid: 10 })
  })

  it('sends the audio header first, then H.264 640x360 and AAC', () => {
    expect(record.tracks.map((track) => track.kind)).toEqual(['audio', 'video'])
    expect(record.tracks[1]).toMatchObject({ codec: 'avc1', width: 640, height: 360 })
    expect(publication?.tracks).toHaveLength(2)
  })

  it('has every frame, on a clock that only grows', () => {
    expect(publication?.frames).toHaveLength(record.frames.at.length)
    const video = publication?.frames.filter((frame) => frame.track === 'video') ?? []
    expect(video[0]?.key).toBe(true)
    expect(video.every((frame, i) => i === 0 || frame.dts > (video[i - 1]?.dts ?? 0))).toBe(true)
    expect({ video: video.length, audio: record.frames.at.length - video.length }).toEqual(
      OBS_FRAMES,
    )
    expect(record.frames.key.filter((_, i) => record.frames.track[i] === 0)).toEqual(
      record.frames.idr.filter((_, i) => record.frames.track[i] === 0),
    )
    expect(record.events.filter((event) => event.type === 'error')).toEqual([])
  })
})

describe('the capture of ffmpeg 5.1', () => {
  const bench = replay(FFMPEG)
  const { record } = bench
  const [publication] = bench.gate.publications

  it('shakes hands with a digest', () => {
    expect(eventOf(record, 'handshake')).toMatchObject({ version: 3, c1Zero: false, digest: 0 })
  })

  it('connects first, sets its chunk size after it, and unpublishes at the end', () => {
    expect(eventTypes(record).slice(0, 4)).toEqual(['handshake', 'command', 'status', 'chunk-size'])
    expect(commandsOf(record)).toEqual([
      ['connect', 1, 3, 0],
      ['releaseStream', 2, 3, 0],
      ['FCPublish', 3, 3, 0],
      ['createStream', 4, 3, 0],
      ['publish', 5, 8, 1],
      ['FCUnpublish', 6, 3, 0],
      ['deleteStream', 7, 3, 0],
    ])
    const [connect] = eventOf(record, 'command')['args'] as [Record<string, unknown>]
    expect(connect['flashVer']).toBe('FMLE/3.0 (compatible; Lavf59.27.100)')
    expect(connect).not.toHaveProperty('swfUrl')
    expect(publication?.ends).toEqual(['unpublished'])
  })

  it('names its file size in lower case', () => {
    const { value } = eventOf(record, 'metadata')
    expect(value).toHaveProperty('filesize')
    expect(value).not.toHaveProperty('fileSize')
  })

  it('has every frame', () => {
    const video = record.frames.track.filter((track) => track === 0).length
    expect({ video, audio: record.frames.track.length - video }).toEqual(FFMPEG_FRAMES)
    expect(publication?.frames).toHaveLength(record.frames.track.length)
  })
})

describe('a session that is fed from a capture', () => {
  /** What must not depend on how the bytes were cut. */
  const seen = ({ record, gate, closes }: SessionBench) =>
    JSON.stringify([
      record.events,
      record.tracks,
      record.frames,
      gate.publications.map((p) => p.frames.map((frame) => frame.data.length)),
      closes,
    ])

  it('sees the same however the bytes are cut', () => {
    const start = FFMPEG.subarray(0, 40_000)
    const whole = seen(replay(start, start.length))
    expect(seen(replay(start, 1))).toBe(whole)
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 9_000 }), (size) => {
        expect(seen(replay(start, size))).toBe(whole)
      }),
      { numRuns: 25 },
    )
  })

  it('ends for protocol-error at the worst, whatever bytes are changed', () => {
    const change = fc.record({
      at: fc.nat(),
      kind: fc.constantFrom('set', 'drop', 'insert'),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 8 }),
    })
    fc.assert(
      fc.property(
        fc.constantFrom(OBS, FFMPEG),
        fc.array(change, { minLength: 1, maxLength: 4 }),
        (capture, changes) => {
          let bytes = capture.subarray(0, 12_000)
          for (const { at, kind, bytes: value } of changes) {
            const where = at % bytes.length
            const skip = kind === 'insert' ? 0 : value.length
            const middle = kind === 'drop' ? [] : [value]
            const parts = [bytes.subarray(0, where), ...middle, bytes.subarray(where + skip)]
            bytes = Buffer.concat(parts)
          }
          const bench = replay(bytes)
          expect(['', 'protocol-error', 'refused']).toContain(bench.closes.join())
          bench.session.disconnected('reset', bench.now)
          expect(bench.closes).toHaveLength(1)
          for (const publication of bench.gate.publications) {
            expect(publication.ends).toHaveLength(1)
          }
        },
      ),
      { numRuns: 300 },
    )
  })
})
