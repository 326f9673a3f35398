import { expect, test } from 'vitest'
import { meets } from './benchmark.ts'
import { srtLostFigures } from './srt-lost.ts'

test.each([
  [{ packets: 100, givenUp: 0, kernelDrops: 0 }, [0, 0], true],
  [{ packets: 100, givenUp: 2, kernelDrops: 3 }, [2, 3], false],
  [{ packets: 100, givenUp: 0, kernelDrops: 1 }, [0, 1], true],
  [{ packets: 100, givenUp: 0, kernelDrops: null }, [0], true],
  [{ packets: 0, givenUp: Number.NaN, kernelDrops: 0 }, [Number.NaN, 0], false],
])('of %j: lost and dropped at the door, %j', (losses, values, met) => {
  const figures = srtLostFigures(losses)
  expect(figures.map(({ value }) => value)).toEqual(values)
  expect(meets(figures[0]!)).toBe(met)
})
