/**
 * Rows of plain text (no colour codes) as lines of equal columns, two spaces apart.
 * `right` lists the columns whose cells stand at the right.
 */
export function alignColumns(
  rows: readonly (readonly string[])[],
  right: readonly number[] = [],
): string[] {
  const widths: number[] = []
  for (const row of rows) {
    for (const [i, cell] of row.entries()) {
      widths[i] = Math.max(widths[i] ?? 0, [...cell].length)
    }
  }
  return rows.map((row) =>
    row
      .map((cell, i) => {
        const fill = ' '.repeat((widths[i] ?? 0) - [...cell].length)
        return right.includes(i) ? fill + cell : cell + fill
      })
      .join('  ')
      .trimEnd(),
  )
}
