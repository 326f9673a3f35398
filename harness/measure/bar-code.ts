/**
 * The frame number as a bar code in the picture, for viewers that see only pixels.
 *
 * A strip across the top of the picture, `1/12` of its height, is cut into 16 cells of equal width:
 * cell 0 white, cell 1 black (they give the levels), cells 2–11 the frame number modulo 1024 (most
 * significant bit first, white is 1), cells 12–15 the frame number modulo 13 as a check.
 * A clip loops, so that the number is that of the frame in its clip; divided by the clip's frame rate
 * it is the time in it. Why no time stands beside it: docs/decisions/bar-code.md.
 */
export const BAR_CODE_CELLS = 16
/** Height of the strip, as a fraction of the picture's height. */
export const BAR_CODE_HEIGHT = 1 / 12
export const BAR_CODE_MODULUS = 1024
export const BAR_CODE_CHECK = 13

/** White must be brighter than black by this much (of 255) to be told apart. */
const MIN_CONTRAST = 64

/** The 16 cells of a frame, true is white. */
export function barCodeCells(frame: number): boolean[] {
  const number = frame % BAR_CODE_MODULUS
  const check = number % BAR_CODE_CHECK
  const cells = [true, false]
  for (let bit = 9; bit >= 0; bit--) cells.push(((number >> bit) & 1) === 1)
  for (let bit = 3; bit >= 0; bit--) cells.push(((check >> bit) & 1) === 1)
  return cells
}

/**
 * Reads the strip.
 * @param luma brightness (0–255) at a place of the picture; `x`, `y` in 0–1
 * @returns the frame number modulo 1024, or null when there is no readable bar code
 */
export function readBarCode(luma: (x: number, y: number) => number): number | null {
  const y = BAR_CODE_HEIGHT / 2
  const levels: number[] = []
  for (let cell = 0; cell < BAR_CODE_CELLS; cell++) {
    levels.push(luma((cell + 0.5) / BAR_CODE_CELLS, y))
  }
  const white = levels[0] ?? 0
  const black = levels[1] ?? 0
  if (white - black < MIN_CONTRAST) return null
  const bits = levels.map((level): number => (level > (white + black) / 2 ? 1 : 0))
  const number = bits.slice(2, 12).reduce((value, bit) => value * 2 + bit, 0)
  const check = bits.slice(12, 16).reduce((value, bit) => value * 2 + bit, 0)
  return number % BAR_CODE_CHECK === check ? number : null
}
