import { expect, it } from 'vitest'
import { START_QUALITIES, startIndex } from './source.ts'

it('starts with the entry that the vendor documents for each quality', () => {
  const all = (entries: number) =>
    START_QUALITIES.map((quality) => startIndex(entries, { quality }))
  expect(all(2)).toEqual([0, 0, 1, 1, 1])
  expect(all(3)).toEqual([0, 1, 1, 1, 2])
  expect(all(4)).toEqual([0, 1, 2, 2, 3])
  expect(all(5)).toEqual([0, 1, 2, 3, 4])
  expect(startIndex(3, {})).toBe(2)
  expect(startIndex(3, { index: 1, quality: 'high' })).toBe(1)
  expect(startIndex(3, { index: 7 })).toBe(2)
})
