import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Frame } from '../live/frame.ts'
import { FrameMixer } from './frame-mixer.ts'

function frame(track: Frame['track'], dts: number): Frame {
  return { track, dts, pts: dts, key: true, data: new Uint8Array(1), arrivedAt: 0 }
}

describe('Frames of two origins', () => {
  it('come in the order of their times, sound with the picture before which it arrived', () => {
    const out: string[] = []
    const mixer = new FrameMixer(({ track, dts }) => out.push(`${track} ${dts}`))
    for (const dts of [0, 20, 40, 60]) mixer.copy(frame('audio', dts))
    expect(out).toEqual([])
    mixer.make(frame('video', 0))
    mixer.make(frame('video', 40))
    expect(out).toEqual(['audio 0', 'video 0', 'audio 20', 'audio 40', 'video 40'])
  })

  it('are neither lost nor doubled, whichever comes first', () => {
    const events = fc.array(fc.tuple(fc.boolean(), fc.nat(20)), { maxLength: 200 })
    fc.assert(
      fc.property(events, (steps) => {
        const times = { video: 0, audio: 0 }
        const put: number[] = []
        const got: Frame[] = []
        const mixer = new FrameMixer((one) => got.push(one))
        for (const [made, step] of steps) {
          const track = made ? 'video' : 'audio'
          times[track] += step + 1
          if (made) mixer.make(frame('video', times.video))
          else mixer.copy(frame('audio', times.audio))
          put.push(times[track])
        }
        mixer.make(frame('video', Math.max(times.video, times.audio) + 1))
        expect(got.length).toBe(put.length + 1)
        for (const track of ['video', 'audio'] as const) {
          const own = got.filter((one) => one.track === track).map(({ dts }) => dts)
          expect(own).toEqual(own.toSorted((a, b) => a - b))
        }
      }),
    )
  })
})
