import type { Histogram } from '../measure/histogram.ts'

/** One figure of a benchmark. */
export interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: string
  /** Samples behind the figure. */
  readonly count: number
  /** In words: what the figure may be off by, or between which values it lies. */
  readonly bound: string
  /** What it should be; absent for figures that only inform. */
  readonly goal?: Goal
}

export interface Goal {
  readonly operator: '<=' | '>=' | '=='
  readonly value: number
}

export interface Benchmark {
  readonly id: string
  readonly title: string
  /** How it was measured, for whoever wants to repeat it. */
  readonly method: string
  run(settings: BenchSettings): Promise<Figure[]>
}

/** A line chart of what was measured, for the page of benchmarks. */
export interface Chart {
  /** Beside the other images of the docs. */
  readonly file: string
  readonly title: string
  readonly xLabel: string
  readonly yLabel: string
  readonly x: readonly number[]
  readonly lines: readonly { readonly name: string; readonly y: readonly number[] }[]
}

export interface BenchSettings {
  /** s of measuring, where a benchmark takes time */
  readonly seconds: number
  readonly signal: AbortSignal
  /** Takes the charts that a benchmark makes. */
  chart?(chart: Chart): void
}

export function meets({ value, goal }: Figure): boolean | null {
  if (!goal) return null
  if (goal.operator === '<=') return value <= goal.value
  return goal.operator === '>=' ? value >= goal.value : value === goal.value
}

/** A percentile of a histogram, with its 95 % confidence interval. */
export function percentileFigure(
  name: string,
  histogram: Histogram,
  percentile: number,
  goal?: Goal,
): Figure {
  const { low, high } = histogram.bounds(percentile)
  const edge = (value: number | null) => (value === null ? '?' : value.toFixed(2))
  return {
    name: `${name} p${percentile}`,
    value: histogram.percentile(percentile),
    unit: 'ms',
    count: histogram.count,
    bound: `${edge(low)}–${edge(high)} ms (95 %)`,
    ...(goal ? { goal } : {}),
  }
}
