import { describe, expect, it } from 'vitest'
import { goodEvents, madeSession } from '../conformance/testing/ingest-session.ts'
import { figuresOf } from './figures.ts'
import { figuresText } from './terminal-view.ts'

const session = madeSession({ seconds: 10, record: { closedAt: null, closeReason: null } })
const now = session.openedAt + 10_100

describe('The figures of the moment', () => {
  it('are those of the last two seconds', () => {
    const figures = figuresOf({ sessions: [session] }, now)
    expect(figures).toMatchObject({ connected: true, sessions: 1, gopSeconds: 2, size: '640x360' })
    expect(figures.frameRate).toBeCloseTo(30, 0)
    expect(figures.videoKbps).toBeGreaterThan(230)
    expect(figures.videoKbps).toBeLessThan(270)
    expect(figures.delayMs).toBeLessThan(1.1)
    expect(figures.lost).toBeNull()
  })

  it('show frames that come late', () => {
    const late = madeSession({
      seconds: 10,
      frame: (one) => ({ ...one, at: one.dts > 9_000 ? one.at + 300 : one.at }),
    })
    expect(figuresOf({ sessions: [late] }, now).delayMs).toBeCloseTo(300, -1)
  })

  it('show how old key frames are by the clock of OBS', () => {
    expect(figuresOf({ sessions: [session] }, now).composedDelayMs).toBeNull()
    const events = [{ at: 0, type: 'bpm', pictures: 3, delayMs: 312, leastMs: 290, mostMs: 340 }]
    const figures = figuresOf({ sessions: [{ ...session, events }] }, now)
    expect(figures.composedDelayMs).toBe(312)
    expect(figuresText(figures)).toContain('312 ms since OBS composed it')
  })

  it('tell what SRT lost, and what RTP lost for good', () => {
    const srt = {
      ...session,
      protocol: 'srt' as const,
      events: [{ at: 0, type: 'srt-stats', lost: 7, dropped: 2 }],
    }
    expect(figuresOf({ sessions: [srt] }, now)).toMatchObject({ lost: 7, gone: 2 })
    const stats = { at: 0, type: 'rtp-stats', lost: 1, recovered: 4 }
    const whip = { ...session, protocol: 'whip' as const, events: [stats, { ...stats, lost: 0 }] }
    expect(figuresOf({ sessions: [whip] }, now)).toMatchObject({ lost: 9, gone: 1 })
  })

  it('know of nobody, and of somebody without pictures', () => {
    expect(figuresOf({ sessions: [] }, now)).toMatchObject({ connected: false, videoKbps: null })
    const frames = { track: [], dts: [], cts: [], key: [], idr: [], size: [], at: [] }
    const silent = { ...session, frames, events: [...goodEvents] }
    expect(figuresOf({ sessions: [silent] }, now)).toMatchObject({ connected: true, frames: 0 })
  })
})
