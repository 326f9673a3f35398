import { UsageError } from '../errors.ts'

/** What a threshold can be held against; a `Histogram` is one. Times in ms. */
export interface ThresholdSource {
  readonly count: number
  readonly min: number
  readonly max: number
  readonly mean: number
  percentile(p: number): number
  /** Samples per second, where the time they took is known. */
  readonly ratePerSecond?: number
}

type Aggregation =
  | { readonly name: 'avg' | 'min' | 'med' | 'max' | 'count' | 'rate' }
  | { readonly name: 'p'; readonly percentile: number }

export type Operator = '<' | '<=' | '>' | '>=' | '==' | '!='

export interface Threshold {
  /** As written. */
  readonly text: string
  readonly aggregation: Aggregation
  readonly operator: Operator
  /** ms for times, 1/s for `rate`, a number for `count`. */
  readonly value: number
}

export interface ThresholdResult {
  /** `no-data` is never a pass. */
  readonly result: 'holds' | 'broken' | 'no-data'
  /** In the unit of `Threshold.value`; null without data. */
  readonly observed: number | null
}

const MAX_LENGTH = 64
const FORM =
  /^\s*(?:(avg|min|med|max|count|rate)|p\(\s*(\d{1,3}(?:\.\d{1,6})?)\s*\))\s*(<=|<|>=|>|===|==|!=)\s*(\d{1,12}(?:\.\d{1,6})?)\s*(us|µs|ms|s|\/s)?\s*$/
const MS_PER_UNIT = { us: 0.001, µs: 0.001, ms: 1, s: 1000 } as const

/**
 * Reads k6's threshold grammar: `p(95)<800`, `avg<=20ms`, `max<1s`, `count>=300`, `rate>29`.
 * A bare time is in ms. @throws UsageError `LP_THRESHOLD_SYNTAX`, `LP_THRESHOLD_PERCENTILE`,
 * `LP_THRESHOLD_UNIT`
 */
export function parseThreshold(text: string): Threshold {
  const found = text.length <= MAX_LENGTH ? FORM.exec(text) : null
  if (!found) {
    throw new UsageError(
      'LP_THRESHOLD_SYNTAX',
      `cannot read the threshold ${JSON.stringify(text.slice(0, MAX_LENGTH))}: it has the form AGGREGATION OPERATOR VALUE, ` +
        'where AGGREGATION is p(N), avg, min, med, max, count or rate, for example p(95)<800ms',
    )
  }
  const [, name, percentile, operator, number, unit] = found
  const aggregation: Aggregation =
    percentile === undefined
      ? { name: name as Exclude<Aggregation['name'], 'p'> }
      : { name: 'p', percentile: Number(percentile) }
  if (aggregation.name === 'p' && aggregation.percentile > 100) {
    throw new UsageError('LP_THRESHOLD_PERCENTILE', `p(${percentile}) in ${text}: at most p(100)`)
  }
  return {
    text: text.trim(),
    aggregation,
    operator: operator === '===' ? '==' : (operator as Operator),
    value: Number(number) * factor(aggregation.name, unit, text),
  }
}

function factor(name: Aggregation['name'], unit: string | undefined, text: string): number {
  const fits =
    unit === undefined ||
    (name === 'rate' ? unit === '/s' : name === 'count' ? false : unit !== '/s')
  if (!fits) {
    throw new UsageError('LP_THRESHOLD_UNIT', `${name} in ${text} is not measured in ${unit}`)
  }
  if (unit === undefined || unit === '/s') return 1
  return MS_PER_UNIT[unit as keyof typeof MS_PER_UNIT]
}

export function evaluateThreshold(threshold: Threshold, source: ThresholdSource): ThresholdResult {
  const observed = observe(threshold.aggregation, source)
  if (observed === null) return { result: 'no-data', observed: null }
  return {
    result: compare(observed, threshold.operator, threshold.value) ? 'holds' : 'broken',
    observed,
  }
}

function observe(aggregation: Aggregation, source: ThresholdSource): number | null {
  if (aggregation.name === 'count') return source.count
  if (source.count === 0) return null
  switch (aggregation.name) {
    case 'avg':
      return source.mean
    case 'min':
      return source.min
    case 'max':
      return source.max
    case 'med':
      return source.percentile(50)
    case 'p':
      return source.percentile(aggregation.percentile)
    case 'rate':
      return source.ratePerSecond ?? null
  }
}

function compare(observed: number, operator: Operator, value: number): boolean {
  switch (operator) {
    case '<':
      return observed < value
    case '<=':
      return observed <= value
    case '>':
      return observed > value
    case '>=':
      return observed >= value
    case '==':
      return observed === value
    case '!=':
      return observed !== value
  }
}
