import { describe, expect, it } from 'vitest'
import { parseSrtHandshake, SrtHandshakeType } from '../../wire/srt-handshake.ts'
import { parseSrtPacket, SrtControl } from '../../wire/srt-packet.ts'
import type { IngestEvent, IngestRecord } from '../record.ts'
import { readSrtCapture } from './testing/capture.ts'
import { ListenerBench } from './testing/listener-bench.ts'

const PASSPHRASE = '0123456789abcdef'

/** Plays the caller's side of a capture to a listener that gives the socket id of that time. */
function replay(name: string, passphrase?: string): ListenerBench {
  const datagrams = readSrtCapture(name)
  const packets = datagrams.map(({ bytes }) => parseSrtPacket(bytes))
  const socketId = packets.find(({ destination }) => destination !== 0)?.destination ?? 0
  const bench = new ListenerBench({
    passphrase,
    newSocketId: () => socketId,
    cookies: { make: () => 7, check: () => ({ version: 4, cookieZero: true }) },
  })
  const begun = bench.now
  for (const { at, bytes } of datagrams) {
    bench.advanceTo(begun + at)
    bench.receive(bytes)
  }
  bench.advanceTo(bench.now + 300)
  return bench
}

function eventOf(record: IngestRecord | undefined, type: string): IngestEvent {
  return record?.events.find((event) => event.type === type) ?? { at: -1, type: 'missing' }
}

const CAPTURES = [
  { name: 'obs-29.0.2-srt', size: '640x360', video: 130, audio: 200 },
  { name: 'ffmpeg-5.1-srt-plain', size: '640x360', video: 120, audio: 180 },
  { name: 'gstreamer-1.22-srt', size: '640x360', video: 130, audio: 200 },
  { name: 'ffmpeg-5.1-srt-aes128', passphrase: PASSPHRASE, size: '640x360', video: 80, audio: 130 },
]

describe.each(CAPTURES)('the capture $name', ({ name, passphrase, video, audio }) => {
  const bench = replay(name, passphrase)
  const [record] = bench.log.list()
  const [publication] = bench.gate.publications

  it('is let in with the larger latency', () => {
    expect(record?.stream).toBe('ABCDE-XYZ12')
    expect(eventOf(record, 'srt-handshake')).toMatchObject({
      inductionVersion: 4,
      inductionCookieZero: true,
      version: 5,
      requested: true,
      srtVersion: '1.5.1',
      flags: 0xbf,
      streamIdForm: 'plain',
      callerLatencyMs: 200,
      latencyMs: 200,
      keyBytes: passphrase === undefined ? 0 : 16,
    })
    const answers = bench.sent.map((bytes) => parseSrtPacket(bytes))
    const handshakes = answers.flatMap((packet) =>
      packet.control && packet.type === SrtControl.handshake
        ? [parseSrtHandshake(packet.body)]
        : [],
    )
    expect(handshakes.map(({ type }) => type)).toEqual([
      SrtHandshakeType.induction,
      SrtHandshakeType.conclusion,
    ])
  })

  it('becomes frames on a clock that only grows, with nothing lost', () => {
    expect(publication?.tracks.map((track) => track.codecString.slice(0, 4)).sort()).toEqual([
      'avc1',
      'mp4a',
    ])
    expect(record?.tracks.find(({ kind }) => kind === 'video')).toMatchObject({
      width: 640,
      height: 360,
    })
    const frames = publication?.frames ?? []
    const of = (kind: string) => frames.filter(({ track }) => track === kind)
    expect(of('video').length).toBeGreaterThan(video)
    expect(of('audio').length).toBeGreaterThan(audio)
    expect(of('video')[0]?.key).toBe(true)
    for (const kind of ['video', 'audio']) {
      const times = of(kind).map(({ dts }) => dts)
      expect(times.every((time, i) => i === 0 || time > (times[i - 1] ?? 0))).toBe(true)
    }
    expect(eventOf(record, 'srt-stats')).toMatchObject({
      lost: 0,
      dropped: 0,
      belated: 0,
      undecrypted: 0,
      otherSizes: 0,
      maxPayload: 1316,
    })
  })

  it('is a sound transport stream of one H.264 and one AAC', () => {
    expect(eventOf(record, 'ts-streams')).toMatchObject({
      programs: 1,
      streams: [{ codec: 'avc1' }, { codec: 'mp4a' }],
    })
    const stats = eventOf(record, 'ts-stats') as unknown as {
      faults: Record<string, number>
      pat: { count: number; maxGapMs: number }
    }
    expect(Object.values(stats.faults).every((count) => count === 0)).toBe(true)
    expect(stats.pat.count).toBeGreaterThan(10)
    expect(stats.pat.maxGapMs).toBeLessThan(500)
    expect(record?.events.filter(({ type }) => type === 'error')).toEqual([])
  })
})

describe('an encrypted capture', () => {
  it('is rejected without the passphrase, or with another', () => {
    for (const [passphrase, code] of [
      [undefined, 11],
      ['another one', 10],
    ] as const) {
      const bench = replay('ffmpeg-5.1-srt-aes128', passphrase)
      expect(bench.gate.publications).toEqual([])
      const [record] = bench.log.list()
      expect(record?.closeReason).toBe('refused')
      expect(eventOf(record, 'srt-reject')).toMatchObject({ code })
    }
  })
})
