import { describe, expect, it } from 'vitest'
import { GroupTimeline } from './timeline.ts'

const SECOND = 90_000

describe('The timeline of a group', () => {
  it('places encoders that stamp alike by their stamps, however late one arrives', () => {
    const group = new GroupTimeline()
    const first = group.place(5 * SECOND, 1_000)
    expect(group.place(7 * SECOND, 3_400)).toBe(first + 2 * SECOND)
    expect(group.place(4 * SECOND, 1_100)).toBe(first - SECOND)
  })

  it('places an encoder with a clock of its own by its arrival', () => {
    const group = new GroupTimeline()
    const first = group.place(0, 1_000)
    expect(group.place(500 * SECOND, 2_000)).toBe(first + SECOND)
  })

  it('never places anything before its beginning', () => {
    const group = new GroupTimeline()
    group.place(0, 60_000)
    expect(group.place(-100 * SECOND, 0)).toBe(0)
  })
})
