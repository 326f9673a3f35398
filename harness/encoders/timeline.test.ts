import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Misbehaviour } from './behaviour.ts'
import { loadClip } from './clip.ts'
import { Timeline } from './timeline.ts'
import type { Unit } from './unit.ts'

/** The first `seconds` of what is sent. */
function sent(seconds: number, ...misbehaviours: Misbehaviour[]): Unit[] {
  const timeline = new Timeline({
    video: loadClip('360p30'),
    audio: loadClip('aac-48k'),
    videoStartMs: 0,
    misbehaviours,
    firstVideoFrame: 0,
    firstAudioFrame: 0,
  })
  const units: Unit[] = []
  while ((timeline.peek()?.sendMs ?? Infinity) < seconds * 1000) units.push(timeline.take()!)
  return units
}
const video = (units: Unit[]): Unit[] => units.filter(({ track }) => track === 'video')
const audio = (units: Unit[]): Unit[] => units.filter(({ track }) => track === 'audio')
const steps = (times: number[]): number[] => times.slice(1).map((time, i) => time - (times[i] ?? 0))

describe('Timeline', () => {
  it('goes on over the end of its clips: 30 and 46.875 frames a second', () => {
    const units = sent(20)
    expect(video(units).length).toBe(600)
    expect(audio(units).length).toBe(938)
    expect(video(units).map(({ frame }) => frame)).toEqual(Array.from({ length: 600 }, (_, i) => i))
    for (const step of steps(video(units).map(({ dtsMs }) => dtsMs)))
      expect(step).toBeCloseTo(1000 / 30)
    for (const step of steps(audio(units).map(({ dtsMs }) => dtsMs)))
      expect(step).toBeCloseTo(64 / 3)
  })

  it('is in the order of sending, for whatever misbehaviour', () => {
    const kinds = fc.constantFrom<Misbehaviour>(
      { kind: 'skip-frames', frames: 20 },
      { kind: 'pace', speed: 0.9 },
      { kind: 'stall', every: 1_000, for: 300 },
      { kind: 'begin-late', track: 'audio', by: 800 },
      { kind: 'send-late', track: 'audio', by: 700 },
      { kind: 'drift', track: 'audio', speed: 1.015 },
      { kind: 'switch-video', at: 1_000, clip: '480p30' },
    )
    fc.assert(
      fc.property(fc.array(kinds, { maxLength: 3 }), (misbehaviours) => {
        for (const step of steps(sent(6, ...misbehaviours).map(({ sendMs }) => sendMs))) {
          expect(step).toBeGreaterThanOrEqual(-1e-6)
        }
      }),
      { numRuns: 30 },
    )
  })
})

describe('misbehaviours', () => {
  it('skip-frames begins at time 0 in the middle of a group', () => {
    const [first] = video(sent(1, { kind: 'skip-frames', frames: 20 }))
    expect(first).toMatchObject({ frame: 20, key: false, dtsMs: 0, sendMs: 0 })
  })

  it('timestamp-jump moves all tracks once', () => {
    const units = sent(6, { kind: 'timestamp-jump', at: 3_000, by: 1_500 })
    for (const track of [video(units), audio(units)]) {
      const large = steps(track.map(({ dtsMs }) => dtsMs)).filter((step) => step > 100)
      expect(large.length).toBe(1)
      expect(large[0]).toBeGreaterThan(1_500)
    }
  })

  it('step-back moves one frame in each period, and no key frame', () => {
    const units = video(sent(6, { kind: 'step-back', every: 2_000, by: 60 }))
    const back = units.slice(1).filter(({ dtsMs }, i) => dtsMs < (units[i]?.dtsMs ?? 0))
    expect(back.length).toBe(3)
    expect(back.some(({ key }) => key)).toBe(false)
  })

  it('stall sends all that was due at once, in the order of the media', () => {
    const units = sent(6, { kind: 'stall', every: 5_000, for: 700 })
    const waits = steps(units.map(({ sendMs }) => sendMs))
    expect(Math.max(...waits)).toBeGreaterThan(690)
    const burst = units.filter(({ sendMs }) => sendMs === 5_700)
    expect(burst.length).toBeGreaterThan(40)
    expect(steps(burst.map(({ mediaMs }) => mediaMs)).every((step) => step >= 0)).toBe(true)
  })

  it('filler raises the bitrate only in its time', () => {
    const units = video(sent(10, { kind: 'filler', kbps: 1_500, every: 8_000, for: 1_000 }))
    const filled = units.filter(({ fillerBytes }) => fillerBytes > 0)
    expect(filled.length).toBe(60)
    const bytes = filled.reduce((sum, { fillerBytes }) => sum + fillerBytes, 0)
    expect((bytes * 8) / 2_000).toBeCloseTo(1_500, 0)
  })

  it('switch-video goes on with the other clip from a key frame, announced once', () => {
    const units = video(sent(8, { kind: 'switch-video', at: 3_000, clip: '480p30' }))
    const announced = units.filter(({ announces }) => announces)
    expect(announced.length).toBe(1)
    expect(announced[0]).toMatchObject({ key: true, announces: { width: 848, height: 480 } })
    expect(announced[0]?.dtsMs).toBeCloseTo(4_000)
    for (const step of steps(units.map(({ dtsMs }) => dtsMs))) expect(step).toBeCloseTo(1000 / 30)
  })
})
