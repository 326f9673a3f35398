import { describe, expect, it } from 'vitest'
import { planProvocations, provocationKinds } from './provocation-plan.ts'

describe('The plan of provocations', () => {
  it('leaves the encoder alone for as long as the windows of the rules are', () => {
    const { planned, leftOut } = planProvocations(60, provocationKinds)
    expect(planned.map(({ what }) => what)).toEqual(['drop', 'replace', 'refuse'])
    expect(planned[0]!.at).toBeGreaterThan(17_000)
    expect(planned.every(({ at }, i) => i === 0 || at > planned[i - 1]!.at)).toBe(true)
    expect(leftOut).toEqual([])
  })

  it('says what a short validation leaves out', () => {
    const { planned, leftOut } = planProvocations(20, provocationKinds)
    expect(planned).toEqual([])
    expect(leftOut.map(({ what }) => what)).toEqual(['drop', 'replace', 'refuse'])
    expect(leftOut[0]!.why).toMatch(/--duration 45/)
  })

  it('does what is wanted, and nothing else', () => {
    expect(planProvocations(60, ['replace']).planned.map(({ what }) => what)).toEqual(['replace'])
    expect(planProvocations(60, [])).toEqual({ planned: [], leftOut: [] })
  })
})
