import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LatencyControl } from './latency-control.ts'
import { defaultBuffer } from './settings.ts'

function rate(control: LatencyControl, buffer: number): number {
  const action = control.decide(buffer, defaultBuffer)
  if (action.kind !== 'rate') throw new TypeError('jumped')
  return action.rate
}

describe('Latency control', () => {
  it('speeds up above the limit until the target is reached again', () => {
    const control = new LatencyControl(0.2)
    expect(rate(control, 1.6)).toBe(1)
    expect(rate(control, 1.8)).toBeGreaterThan(1)
    expect(rate(control, 1.3)).toBeGreaterThan(1)
    expect(rate(control, 1.2)).toBe(1)
    expect(rate(control, 1.6)).toBe(1)
  })

  it('catches up sooner with a higher gain, but never faster than a tenth', () => {
    const [slow, quick] = [new LatencyControl(0.05), new LatencyControl(0.5)]
    expect(rate(quick, 1.8)).toBeGreaterThan(rate(slow, 1.8))
    expect(rate(quick, 7)).toBe(1.1)
  })

  it('slows down below the minimum until it has what it starts with', () => {
    const control = new LatencyControl(0.2)
    expect(rate(control, 0.1)).toBeLessThan(1)
    expect(rate(control, 0.4)).toBeLessThan(1)
    expect(rate(control, 0.5)).toBe(1)
  })

  it('jumps to the target when far behind', () => {
    expect(new LatencyControl(0.2).decide(9, defaultBuffer)).toEqual({ kind: 'jump', buffer: 1.2 })
  })

  it('brings any buffer to its goal within a minute, and keeps it there', () => {
    const { min, limit } = defaultBuffer
    fc.assert(
      fc.property(fc.double({ min: 0, max: 30, noNaN: true }), (start) => {
        const control = new LatencyControl(0.2)
        let buffer = start
        for (let step = 0; step < 600; step++) {
          const action = control.decide(buffer, defaultBuffer)
          buffer = action.kind === 'jump' ? action.buffer : buffer + 0.1 * (1 - action.rate)
        }
        expect(buffer).toBeGreaterThan(min)
        expect(buffer).toBeLessThan(limit)
      }),
    )
  })
})
