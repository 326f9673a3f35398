import fc from 'fast-check'
import { expect, it } from 'vitest'
import { BAR_CODE_CELLS, BAR_CODE_HEIGHT, barCodeCells, readBarCode } from './bar-code.ts'

/** A picture with the strip, of video levels. */
function picture(frame: number): (x: number, y: number) => number {
  const cells = barCodeCells(frame)
  return (x, y) => (y < BAR_CODE_HEIGHT && cells[Math.floor(x * BAR_CODE_CELLS)] ? 235 : 16)
}

it('reads every number that it writes', () => {
  for (let frame = 0; frame < 1024; frame++) expect(readBarCode(picture(frame))).toBe(frame)
})

it('starts again at 1024', () => {
  expect(readBarCode(picture(1030))).toBe(6)
})

it('reads nothing where there is no contrast, or the check is wrong', () => {
  expect(readBarCode(() => 128)).toBeNull()
  const right = picture(5)
  const lastCell = (x: number, y: number): number => (x > 15 / 16 ? 251 - right(x, y) : right(x, y))
  expect(readBarCode(lastCell)).toBeNull()
})

it('reads a number below 1024 or nothing from any picture', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(255), { minLength: 16, maxLength: 16 }), (levels) => {
      const number = readBarCode((x) => levels[Math.floor(x * 16)] ?? 0)
      expect(number === null || (number >= 0 && number < 1024)).toBe(true)
    }),
  )
})
