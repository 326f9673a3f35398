type Point = readonly [t: number, value: number]

/**
 * At most `limit` points (≥ 4) that look the same as all of them: of each stretch of time the
 * lowest and the highest value are kept, so that a single spike stays in sight.
 */
export function thin(points: readonly Point[], limit: number): Point[] {
  if (points.length <= limit) return [...points]
  const first = points[0]
  const last = points.at(-1)
  if (first === undefined || last === undefined) return []
  const stretches = Math.max(1, Math.floor((limit - 2) / 2))
  const kept: Point[] = [first]
  const inner = points.slice(1, -1)
  for (let i = 0; i < stretches; i++) {
    const from = Math.floor((i * inner.length) / stretches)
    const to = Math.floor(((i + 1) * inner.length) / stretches)
    const stretch = inner.slice(from, to)
    const [lowest, highest] = extremes(stretch)
    if (lowest === undefined || highest === undefined) continue
    kept.push(
      ...(lowest === highest
        ? [lowest]
        : lowest[0] <= highest[0]
          ? [lowest, highest]
          : [highest, lowest]),
    )
  }
  kept.push(last)
  return kept
}

function extremes(points: readonly Point[]): [Point | undefined, Point | undefined] {
  let lowest = points[0]
  let highest = points[0]
  for (const point of points) {
    if (lowest === undefined || point[1] < lowest[1]) lowest = point
    if (highest === undefined || point[1] > highest[1]) highest = point
  }
  return [lowest, highest]
}
