import { describe, expect, it } from 'vitest'
import { Adaption } from './adaption.ts'

/** Looks ten times a second; media are `late(s)` late. The first thing that is asked for. */
function watch(adaption: Adaption, from: number, seconds: number, late: (at: number) => number) {
  for (let look = 0; look < seconds * 10; look++) {
    const at = from + look / 10
    const step = adaption.observe(at * 1000, at - late(at), 1.2 - late(at))
    if (step !== 0) return { step, at }
  }
  return null
}

describe('Adaption', () => {
  it('goes down when media come later than before, with buffer to spare', () => {
    const asked = watch(new Adaption('deviationOfMean2'), 0, 20, (at) => Math.max(0, at - 4) * 0.25)
    expect(asked?.step).toBe(1)
    expect(asked!.at).toBeLessThan(6)
  })

  it('goes up after a while without deviation, later when that was too much', () => {
    const adaption = new Adaption('deviationOfMean2')
    const up = watch(adaption, 0, 30, () => 0)!
    expect(up.step).toBe(-1)
    adaption.asked(-1, up.at * 1000)
    adaption.settled(up.at * 1000)
    const down = watch(adaption, up.at, 20, (at) => (at - up.at) * 0.3)!
    expect(down.step).toBe(1)
    adaption.asked(1, down.at * 1000)
    adaption.settled(down.at * 1000)
    const again = watch(adaption, down.at, 60, () => 0)!
    expect(again.at - down.at).toBeGreaterThan(up.at * 1.5)
  })

  it('asks for nothing without a rule', () => {
    expect(watch(new Adaption('none'), 0, 30, (at) => at / 2)).toBeNull()
  })
})
