import { describe, expect, it } from 'vitest'
import { judgeLatency, judgeStalls, judgeStartup, playbackOf } from './seen-playback.ts'
import { steadyPictures, testRecord } from './test-record.ts'

const WATCHED_MS = 10_000

function watched(delay: (time: number) => number) {
  return [playbackOf('H5Live', testRecord(steadyPictures(300, delay)), WATCHED_MS)]
}

describe('Playback as a viewer has it', () => {
  it('is half a second behind on a path of 50 ms, and stands still for nothing', () => {
    const seen = watched(() => 50)
    expect(seen[0]!.latency.percentile(95)).toBeGreaterThan(500)
    expect(seen[0]!.latency.percentile(95)).toBeLessThan(650)
    expect(judgeLatency(seen).result).toBe('holds')
    expect(judgeStalls(seen).result).toBe('holds')
  })

  it('is too late on a path of a second, unless the link itself is that long', () => {
    const seen = watched(() => 1_000)
    expect(judgeLatency(seen).result).toBe('broken')
    expect(judgeLatency(seen, 1_000).result).toBe('holds')
  })

  it('stands still where media are held up for longer than the buffer lasts', () => {
    const seen = watched((time) => (time > 3 && time < 5 ? 2_000 - (time - 3) * 1_000 : 20))
    expect(seen[0]!.stalledMs).toBeGreaterThan(500)
    expect(judgeStalls(seen).result).toBe('broken')
  })

  it('is not judged by a glance', () => {
    const glance = [playbackOf('H5Live', testRecord(steadyPictures(20, () => 5)), 700)]
    expect(judgeLatency(glance).result).toBe('skipped')
    expect(judgeStalls(glance).result).toBe('skipped')
  })
})

describe('Starting', () => {
  const starts = (slow: number) => Array.from({ length: 20 }, (_, n) => (n < slow ? 1_500 : 30))

  it('may take long for one viewer of twenty, not for two', () => {
    expect(judgeStartup([{ format: 'H5Live', ms: starts(1) }]).result).toBe('holds')
    expect(judgeStartup([{ format: 'H5Live', ms: starts(2) }]).result).toBe('broken')
    expect(judgeStartup([{ format: 'LL-HLS', ms: starts(2) }]).result).toBe('holds')
    expect(judgeStartup([{ format: 'H5Live', ms: starts(2) }], 100).result).toBe('holds')
  })

  it('counts a viewer that never saw anything as one that waits for ever', () => {
    const ms = [30, 30, null, null]
    const finding = judgeStartup([{ format: 'H5Live', ms }])
    expect(finding.result).toBe('broken')
    expect(finding.actual).toContain('never')
  })
})
