import { describe, expect, it } from 'vitest'
import { AbrControl, type AbrStep } from './abr-control.ts'

/** Frames at 30 a second from `from` s on, each as late as `late` says; what is asked for first. */
function watch(
  control: AbrControl,
  { from, seconds, late }: { from: number; seconds: number; late: (at: number) => number },
): { step: AbrStep; at: number } | null {
  for (let frame = 0; frame < seconds * 30; frame++) {
    const end = from + frame / 30
    const delay = late(end)
    const step = control.observe((end + delay) * 1000, end, 1.2 - delay)
    if (step !== null) return { step, at: end }
  }
  return null
}

describe('Adaption to a link', () => {
  it('steps down as soon as media come later and later, long before the buffer is empty', () => {
    const asked = watch(new AbrControl(), {
      from: 0,
      seconds: 20,
      late: (at) => Math.max(0, at - 3) * 0.2,
    })
    expect(asked?.step).toBe('down')
    expect(asked?.at).toBeLessThan(4)
  })

  it('steps up after some seconds at ease, and waits longer when that was too much', () => {
    const control = new AbrControl()
    const first = watch(control, { from: 0, seconds: 60, late: () => 0 })
    expect(first).toMatchObject({ step: 'up' })
    expect(first!.at).toBeLessThan(7)
    control.asked('up', first!.at * 1000)
    control.settled(first!.at * 1000)
    const down = watch(control, {
      from: first!.at,
      seconds: 10,
      late: (at) => (at - first!.at) * 0.3,
    })
    expect(down?.step).toBe('down')
    control.asked('down', down!.at * 1000)
    control.settled((down!.at + 1) * 1000)
    const again = watch(control, { from: down!.at + 1, seconds: 60, late: () => 0 })
    expect(again!.at - down!.at).toBeGreaterThan(12)
  })

  it('asks for nothing while a change is under way', () => {
    const control = new AbrControl()
    control.asked('down', 0)
    expect(watch(control, { from: 0, seconds: 5, late: (at) => at })).toBeNull()
  })
})
