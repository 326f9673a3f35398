import { expect, test } from 'vitest'
import { meets } from './benchmark.ts'
import { srtLostFigure } from './srt-lost.ts'

test.each([
  [{ packets: 100, givenUp: 0, kernelDrops: 0 }, 0, true],
  [{ packets: 100, givenUp: 2, kernelDrops: 3 }, 5, false],
  [{ packets: 100, givenUp: 0, kernelDrops: 1 }, 1, false],
  [{ packets: 100, givenUp: 0, kernelDrops: null }, 0, true],
  [{ packets: 0, givenUp: Number.NaN, kernelDrops: 0 }, Number.NaN, false],
])('of %j, %d packets are lost', (losses, value, met) => {
  const figure = srtLostFigure(losses)
  expect(figure.value).toBe(value)
  expect(meets(figure)).toBe(met)
})

test('a kernel that does not tell is said so', () => {
  const figure = srtLostFigure({ packets: 100, givenUp: 0, kernelDrops: null })
  expect(figure.bound).toContain('does not tell')
})
