import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LiveproofError } from '../errors.ts'
import { Histogram } from './histogram.ts'
import { evaluateThreshold, parseThreshold } from './thresholds.ts'

function hundred(): Histogram {
  const histogram = new Histogram()
  for (let ms = 1; ms <= 100; ms++) histogram.record(ms)
  return histogram
}

test.each([
  ['p(95)<800ms', { name: 'p', percentile: 95 }, '<', 800],
  ['p(99.9) <= 1s', { name: 'p', percentile: 99.9 }, '<=', 1000],
  [' avg<20 ', { name: 'avg' }, '<', 20],
  ['min>500us', { name: 'min' }, '>', 0.5],
  ['med<250µs', { name: 'med' }, '<', 0.25],
  ['count>=300', { name: 'count' }, '>=', 300],
  ['rate>29.5/s', { name: 'rate' }, '>', 29.5],
  ['max===7', { name: 'max' }, '==', 7],
] as const)('reads %s', (text, aggregation, operator, value) => {
  expect(parseThreshold(text)).toEqual({ text: text.trim(), aggregation, operator, value })
})

test.each([
  ['p95<800', 'LP_THRESHOLD_SYNTAX'],
  ['p(95)', 'LP_THRESHOLD_SYNTAX'],
  ['p(95)<', 'LP_THRESHOLD_SYNTAX'],
  ['', 'LP_THRESHOLD_SYNTAX'],
  ['p(95)<800ms && avg<3', 'LP_THRESHOLD_SYNTAX'],
  ['p(101)<800ms', 'LP_THRESHOLD_PERCENTILE'],
  ['count>3ms', 'LP_THRESHOLD_UNIT'],
  ['avg<3/s', 'LP_THRESHOLD_UNIT'],
])('refuses %j with %s', (text, code) => {
  expect(() => parseThreshold(text)).toThrow(expect.objectContaining({ code }))
})

test.each([
  ['p(95)<96ms', 'holds', 95],
  ['p(95)<95ms', 'broken', 95],
  ['avg<=50.5', 'holds', 50.5],
  ['max<0.1s', 'broken', 100],
  ['max<=0.1s', 'holds', 100],
  ['min>=1', 'holds', 1],
  ['count>=100', 'holds', 100],
  ['count>100', 'broken', 100],
] as const)('on 1…100 ms, %s: %s', (text, result, observed) => {
  const outcome = evaluateThreshold(parseThreshold(text), hundred())
  expect(outcome.result).toBe(result)
  expect(outcome.observed).toBeCloseTo(observed, 1)
})

test('no samples are no pass, but they can be counted', () => {
  const none = new Histogram()
  expect(evaluateThreshold(parseThreshold('p(95)<800ms'), none).result).toBe('no-data')
  expect(evaluateThreshold(parseThreshold('count>=1'), none).result).toBe('broken')
  expect(evaluateThreshold(parseThreshold('rate>1'), hundred()).result).toBe('no-data')
})

test('no text does anything but parse or fail with our code', () => {
  const piece = fc.constantFrom(
    'p(',
    '95',
    ')',
    '<',
    '=',
    '>',
    '!',
    'avg',
    'rate',
    '800',
    '.',
    'ms',
    ' ',
    '/s',
  )
  const text = fc.oneof(
    fc.string(),
    fc.array(piece).map((pieces) => pieces.join('')),
  )
  fc.assert(
    fc.property(text, (input) => {
      try {
        expect(Number.isFinite(parseThreshold(input).value)).toBe(true)
      } catch (error) {
        expect(error).toBeInstanceOf(LiveproofError)
      }
    }),
    { numRuns: 2000 },
  )
})

test('what parses is read as written', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 100, noNaN: true }).map((p) => Number(p.toFixed(3))),
      fc.constantFrom('<', '<=', '>', '>=', '==', '!='),
      fc.integer({ min: 0, max: 1_000_000 }),
      (percentile, operator, value) => {
        expect(parseThreshold(`p(${percentile})${operator}${value}ms`)).toMatchObject({
          aggregation: { name: 'p', percentile },
          operator,
          value,
        })
      },
    ),
  )
})
