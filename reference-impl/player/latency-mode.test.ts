import { describe, expect, it } from 'vitest'
import { LatencyGoals } from './latency-mode.ts'
import { defaultBuffer } from './settings.ts'

/** Looks ten times a second for `seconds`; media end `behind(s)` seconds behind real time. */
function watch(goals: LatencyGoals, seconds: number, behind: (at: number) => number, from = 0) {
  for (let look = 0; look < seconds * 10; look++) {
    const at = from + look / 10
    goals.observe(at * 1000, at - behind(at))
  }
}

describe('The goals of a latency mode', () => {
  it('are the configured ones in the classic mode', () => {
    const goals = new LatencyGoals('classic', defaultBuffer)
    watch(goals, 30, () => 0)
    expect(goals.goals).toEqual(defaultBuffer)
  })

  it('are low while media come evenly, lowest in the fast mode', () => {
    const balanced = new LatencyGoals('balancedadaptive', defaultBuffer)
    const fast = new LatencyGoals('fastadaptive', defaultBuffer)
    for (const goals of [balanced, fast]) watch(goals, 30, (at) => 0.02 * (at % 2))
    expect(balanced.goals.limit).toBeLessThanOrEqual(1)
    expect(fast.goals.target).toBeLessThan(balanced.goals.target)
    expect(fast.goals.target).toBeGreaterThanOrEqual(defaultBuffer.min)
  })

  it('rise when media come unevenly, and fall again when that is long ago', () => {
    const goals = new LatencyGoals('balancedadaptive', defaultBuffer)
    watch(goals, 5, (at) => (at > 3 && at < 4 ? 2 : 0))
    expect(goals.goals).toEqual(defaultBuffer)
    watch(goals, 25, () => 0, 5)
    expect(goals.goals.target).toBeLessThan(0.6)
  })
})
