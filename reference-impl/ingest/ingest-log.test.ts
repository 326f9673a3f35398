import { describe, expect, it } from 'vitest'
import { IngestLog } from './ingest-log.ts'
import { DEFAULT_LOG_LIMITS, MAX_RECORD_EVENTS } from './limits.ts'
import { IngestRecorder } from './recorder.ts'

function recorder(log: IngestLog, stream: string, session = stream): IngestRecorder {
  const made = new IngestRecorder(log, { session, protocol: 'rtmp', remote: 'x:1', now: 1000 })
  made.stream(stream)
  return made
}

const FRAME = { track: 'video', dts: 90, pts: 270, key: true, idr: true, size: 5 } as const

describe('the ingest log', () => {
  it('lists the records of one stream, or all, oldest first', () => {
    const log = new IngestLog()
    for (const [stream, session] of [
      ['A', '1'],
      ['B', '2'],
      ['A', '3'],
    ] as const) {
      recorder(log, stream, session)
    }
    expect(log.list('A').map((record) => record.session)).toEqual(['1', '3'])
    expect(log.list()).toHaveLength(3)
    expect(log.list('C')).toEqual([])
  })

  it('keeps the newest records, and open ones before closed ones', () => {
    const log = new IngestLog({ ...DEFAULT_LOG_LIMITS, maxRecords: 2 })
    recorder(log, 'open')
    recorder(log, 'closed').close(2000, 'x')
    recorder(log, 'new')
    expect(log.list().map((record) => record.stream)).toEqual(['open', 'new'])
    recorder(log, 'newer')
    expect(log.list().map((record) => record.stream)).toEqual(['new', 'newer'])
  })

  it('gives the room of closed records to open ones, and then no more', () => {
    const log = new IngestLog({ ...DEFAULT_LOG_LIMITS, maxFrames: 3 })
    const old = recorder(log, 'old')
    old.frame(1001, FRAME)
    old.frame(1001, FRAME)
    old.close(1002, 'x')
    const live = recorder(log, 'live')
    for (let i = 0; i < 5; i++) live.frame(1003, FRAME)
    expect(log.list().map((record) => record.stream)).toEqual(['live'])
    expect(live.record.frames.at).toHaveLength(3)
    expect(live.record.truncated).toBe(true)
    old.frame(1004, FRAME)
    expect(old.record.frames.at).toHaveLength(2)
  })
})

describe('an ingest recorder', () => {
  it('keeps times relative to the opening, to the microsecond', () => {
    const made = recorder(new IngestLog(), 'A')
    made.frame(1000.12345, FRAME)
    made.event(1001, 'eof')
    made.close(1002, 'unpublished')
    made.close(1003, 'reset')
    expect(made.record).toMatchObject({
      frames: { at: [0.123], cts: [180], track: [0], key: [1], idr: [1], size: [5] },
      events: [{ at: 1, type: 'eof' }],
      closedAt: 1002,
      closeReason: 'unpublished',
      truncated: false,
    })
  })

  it('stops at so many events, and at so many bytes of them', () => {
    const many = recorder(new IngestLog(), 'A')
    for (let i = 0; i < MAX_RECORD_EVENTS + 1; i++) many.event(1000, 'x')
    expect(many.record.events).toHaveLength(MAX_RECORD_EVENTS)
    expect(many.record.truncated).toBe(true)

    const big = recorder(new IngestLog(), 'A')
    for (let i = 0; i < 500; i++) big.event(1000, 'x', { text: 'x'.repeat(10_000) })
    expect(JSON.stringify(big.record.events).length).toBeLessThan(600_000)
    expect(big.record.truncated).toBe(true)

    const huge = recorder(new IngestLog(), 'A')
    huge.event(1000, 'x', { text: 'x'.repeat(100_000) })
    expect(huge.record.events).toEqual([{ at: 0, type: 'x' }])
  })
})
