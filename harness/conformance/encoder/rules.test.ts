import { describe, expect, it } from 'vitest'
import type { IngestRecord } from '../ingest-record.ts'
import type { Finding } from '../rule.ts'
import {
  audioTrack,
  goodEvents,
  type MadeFrame,
  type MadeSession,
  madeSession,
  metadata,
  videoTrack,
} from '../testing/ingest-session.ts'
import { encoderRules } from './rules.ts'

function judge(id: string, ...sessions: IngestRecord[]): Finding {
  const rule = encoderRules.find((one) => one.id === id)
  if (!rule) throw new Error(`no rule ${id}`)
  return rule.check({ sessions })
}

const onVideo = (change: (frame: MadeFrame) => MadeFrame | null) => (frame: MadeFrame) =>
  frame.track === 'video' ? change(frame) : frame
const onAudio = (change: (frame: MadeFrame) => MadeFrame | null) => (frame: MadeFrame) =>
  frame.track === 'audio' ? change(frame) : frame
const changed = (frames: MadeSession['frame']): MadeSession => ({ frame: frames! })
const stalledFrom6s = (ms: number) => (frame: MadeFrame) => ({
  ...frame,
  at: frame.dts >= 6_000 ? Math.max(frame.at, 6_100 + ms) : frame.at,
})

/** Rule, what is wrong, how it counts, and what the finding says. */
const BREACHES: readonly [string, MadeSession, Finding['result'], RegExp][] = [
  ['video-codec', { tracks: [{ ...videoTrack, codec: 'hvc1' }] }, 'broken', /H\.265/],
  ['audio-codec', { tracks: [{ ...audioTrack, codec: 'mp3' }] }, 'broken', /MP3/],
  ['frame-rate', { fps: 60 }, 'broken', /^60\.0\d frames per second/],
  ['gop-length', { gop: 8 }, 'failed', /^8\.00 s \(2 intervals\)/],
  ['gop-length', { gop: 4 }, 'broken', /^4\.00 s/],
  ['gop-length', { gop: 0.5 }, 'broken', /^0\.50 s/],
  ['gop-length', { gop: 60, seconds: 4 }, 'broken', /^3\.9\d s/],
  [
    'gop-regular',
    changed(onVideo((f) => ({ ...f, key: f.key || f.dts === 5_200 }))),
    'broken',
    /^0\.80 s to 2\.00 s \(8 intervals\)/,
  ],
  [
    'b-frames',
    changed(
      onVideo((f) => ({ ...f, pts: f.dts + (Math.round(f.dts / 33.3) % 3 === 1 ? 100 : 0) })),
    ),
    'broken',
    /frames are shown before/,
  ],
  [
    'resolution-constant',
    { tracks: [videoTrack, { ...videoTrack, at: 5_000, width: 848, height: 480 }] },
    'broken',
    /640x360, then 848x480/,
  ],
  [
    'resolution-standard',
    { tracks: [{ ...videoTrack, width: 700, height: 400 }] },
    'broken',
    /700x400/,
  ],
  [
    'bitrate-range',
    { tracks: [{ ...videoTrack, width: 4096, height: 2160 }] },
    'broken',
    /^250 kbit\/s/,
  ],
  ['bitrate-range', { tracks: [{ ...videoTrack, width: 1280, height: 720 }] }, 'broken', /^250/],
  ['bitrate-range', changed(onVideo((f) => ({ ...f, size: f.size * 24 }))), 'broken', /^6000 kbit/],
  [
    'bitrate-max',
    changed(onVideo((f) => ({ ...f, size: f.size * 24 }))),
    'broken',
    /video 6000 kbit/,
  ],
  [
    'bitrate-max',
    changed(onAudio((f) => ({ ...f, size: f.size * 4 }))),
    'broken',
    /audio 2\d\d kbit/,
  ],
  [
    'bitrate-stable',
    changed(onVideo((f) => ({ ...f, size: f.size * (f.dts >= 3_000 && f.dts < 4_000 ? 6 : 1) }))),
    'broken',
    /^1500 kbit\/s in one second/,
  ],
  ['parameter-sets', { tracks: [audioTrack] }, 'broken', /no parameter sets/],
  ['parameter-sets', { tracks: [{ ...videoTrack, at: 500 }] }, 'broken', /before them/],
  [
    'parameter-sets',
    { tracks: [videoTrack, { ...videoTrack, at: 9_000, config: '0142c01f' }] },
    'broken',
    /other parameter sets/,
  ],
  ['first-frame-key', changed(onVideo((f) => (f.dts < 700 ? null : f))), 'broken', /frame 39/],
  [
    'timestamps-monotonic',
    changed(onVideo((f) => (f.dts === 1_500 ? { ...f, dts: 1_400 } : f))),
    'broken',
    /^1 step back/,
  ],
  ['timestamps-realtime', changed((f) => ({ ...f, at: f.at / 0.9 })), 'broken', /^0\.900/],
  ['timestamps-realtime', changed((f) => ({ ...f, at: f.at / 0.95 })), 'warned', /^0\.950/],
  [
    'timestamps-gap',
    changed((f) => ({ ...f, dts: f.dts + (f.dts >= 8_000 ? 1_500 : 0) })),
    'broken',
    /^2 jumps of up to 1\.53 s/,
  ],
  ['frame-delay', changed(stalledFrom6s(700)), 'broken', /^73\d ms/],
  ['frame-delay', changed(stalledFrom6s(1_500)), 'failed', /^153\d ms/],
  [
    'av-start',
    changed(onAudio((f) => (f.dts < 800 ? null : f))),
    'broken',
    /^audio 810 ms after video/,
  ],
  ['av-start', changed(onVideo((f) => (f.dts < 800 ? null : f))), 'broken', /^audio -800 ms/],
  ['av-drift', changed(onAudio((f) => ({ ...f, dts: f.dts * 1.015 }))), 'broken', /^20\d ms in/],
  [
    'av-interleave',
    changed(onAudio((f) => ({ ...f, at: f.at + 700 }))),
    'broken',
    /7[012]\d ms behind/,
  ],
  [
    'metadata-matches',
    { events: [metadata({ width: 1920, height: 1080, framerate: 25, videocodecid: 12 })] },
    'broken',
    /width 1920, is 640, height 1080, is 360, videocodecid 12, is avc1, framerate 25, is 30\.0/,
  ],
  ['audio-format', { tracks: [{ ...audioTrack, sampleRate: 22_050 }] }, 'broken', /22050 Hz/],
  ['audio-format', { tracks: [{ ...audioTrack, channels: 6 }] }, 'broken', /6 channels/],
]

describe('encoder rules', () => {
  it('hold for a good session, or tell what was seen', () => {
    for (const rule of encoderRules) {
      const { result, actual } = rule.check({ sessions: [madeSession()] })
      const wanted =
        rule.id === 'encoder.group-aligned' ? 'skipped' : rule.level === 'info' ? 'info' : 'holds'
      expect([rule.id, result, actual]).toEqual([rule.id, wanted, actual])
    }
  })

  it.each(BREACHES)('%s is broken by %o', (name, made, result, says) => {
    const finding = judge(`encoder.${name}`, madeSession(made))
    expect(finding).toMatchObject({ result, actual: expect.stringMatching(says) })
    expect(finding.evidence?.length).toBeGreaterThan(0)
  })

  it('are skipped with a reason when there is nothing to judge', () => {
    const empty = madeSession({ seconds: 0, tracks: [], events: [] })
    for (const rule of encoderRules) {
      for (const sessions of [[], [empty]]) {
        const { result, actual } = rule.check({ sessions })
        expect([rule.id, result]).toEqual([rule.id, 'skipped'])
        expect(actual.length).toBeGreaterThan(5)
      }
    }
  })

  it('judge nothing by a window that has not been seen', () => {
    const short = madeSession({ seconds: 5, fps: 60 })
    for (const name of [
      'frame-rate',
      'bitrate-max',
      'bitrate-stable',
      'timestamps-realtime',
      'av-drift',
    ]) {
      expect(judge(`encoder.${name}`, short).result).toBe('skipped')
    }
    expect(judge('encoder.gop-length', madeSession({ seconds: 1 })).result).toBe('skipped')
  })

  it('take a jump for a jump, and nothing else for broken', () => {
    const jump = madeSession({
      frame: (f) => ({ ...f, dts: f.dts + (f.dts >= 8_000 ? 5_000 : 0) }),
    })
    const broken = encoderRules.filter(
      (rule) => !['holds', 'info', 'skipped'].includes(rule.check({ sessions: [jump] }).result),
    )
    expect(broken.map(({ id }) => id)).toEqual(['encoder.timestamps-gap'])
  })

  it('count B-frames as a MUST over WHIP', () => {
    const shuffled = madeSession({
      frame: (f) => ({ ...f, pts: f.dts + (f.dts % 100 === 33 ? 80 : 0) }),
      record: { protocol: 'whip' },
    })
    expect(judge('encoder.b-frames', shuffled).result).toBe('failed')
  })

  it('say in which session it was', () => {
    const finding = judge('encoder.gop-length', madeSession(), madeSession({ gop: 8 }))
    expect(finding.actual).toContain('(session 2 of 2)')
  })

  it('name no audio as a choice', () => {
    const silent = madeSession({ frame: onAudio(() => null), tracks: [videoTrack] })
    expect(judge('encoder.audio-codec', silent)).toMatchObject({
      result: 'info',
      actual: 'no audio',
    })
  })

  it('hold a group to common key frames and descending bitrates', () => {
    const member = (stream: string, factor: number, made: MadeSession = {}) =>
      madeSession({
        ...made,
        frame: (f) => ({ ...f, size: f.size * factor, ...made.frame?.(f) }),
        record: { stream },
      })
    const [high, low] = [member('AAAAA-00001', 4), member('AAAAA-00002', 1)]
    expect(judge('encoder.group-aligned', high, low)).toMatchObject({
      result: 'holds',
      actual: expect.stringMatching(/^aligned, 100\d, 25\d kbit\/s/),
    })
    expect(judge('encoder.group-aligned', low, high).actual).toMatch(/bitrates 25\d, 100\d/)
    const late = member('AAAAA-00002', 1, { frame: (f) => ({ ...f, dts: f.dts + 400 }) })
    expect(judge('encoder.group-aligned', high, late)).toMatchObject({
      result: 'broken',
      actual: 'member 2 has 8 key frames where member 1 has none',
    })
  })

  it('compare metadata with the track that it announces', () => {
    const events = [...goodEvents, { ...metadata({ width: 848, height: 480 }), at: 5_000 }]
    const tracks = [videoTrack, audioTrack, { ...videoTrack, at: 5_001, width: 848, height: 480 }]
    expect(judge('encoder.metadata-matches', madeSession({ events, tracks })).result).toBe('holds')
  })
})
