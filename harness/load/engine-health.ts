import type { EngineFigure, EngineHealth } from './engine.ts'

/** What an engine says of itself: a figure past its limit is a cause to doubt all the others. */
export function engineHealth(figures: readonly EngineFigure[]): EngineHealth {
  const rounded = figures.map((one) => ({ ...one, value: Math.round(one.value * 1000) / 1000 }))
  const causes = rounded
    .filter(({ value, limit }) => limit !== undefined && value > limit)
    .map(
      ({ name, value, unit, limit }) => `${name} ${show(value, unit)}, limit ${show(limit!, unit)}`,
    )
  return { causes, figures: rounded }
}

function show(value: number, unit: string): string {
  return unit === 'share' ? `${(value * 100).toFixed(1)} %` : `${value} ${unit}`
}
