import fc from 'fast-check'
import { expect, test } from 'vitest'
import { UsageError } from '../errors.ts'
import { Opportunities, parseCsv, parseMahimahi } from './trace.ts'

test('a Mahimahi trace lets 1500 bytes through at each of its times, round after round', () => {
  const opportunities = new Opportunities(parseMahimahi('0\n5\n5\n10\n', 't'), true)
  expect(opportunities.take(1_500, 0)).toBe(0)
  expect(opportunities.take(1_500, 0)).toBe(5)
  // The other opportunity at 5, and half of the one at 10.
  expect(opportunities.take(2_250, 0)).toBe(10)
  expect(opportunities.take(750, 10)).toBe(10)
  // The next round begins where the last line says.
  expect(opportunities.take(100, 10)).toBe(10)
  expect(opportunities.take(1_500, 11)).toBe(15)
})

test('opportunities that nobody waited for are gone', () => {
  const opportunities = new Opportunities(parseMahimahi('1\n2\n3\n100', 't'), true)
  expect(opportunities.take(1_500, 3.5)).toBe(100)
})

test('a trace that does not loop ends', () => {
  const opportunities = new Opportunities(parseMahimahi('7\n', 't'), false)
  expect(opportunities.take(1_500, 0)).toBe(7)
  expect(opportunities.take(1, 8)).toBe(Infinity)
})

test('a CSV trace says what changes when', () => {
  const { steps, lengthMs } = parseCsv('time_ms,rate_kbps,loss\n0,1000,0.1\n250,,0\n1000,0,\n', 't')
  expect(lengthMs).toBe(1_000)
  expect(steps).toEqual([
    { atMs: 0, set: { rateKbps: 1_000, loss: [{ kind: 'bernoulli', p: 0.1 }] } },
    { atMs: 250, set: { loss: [] } },
    { atMs: 1_000, set: { rateKbps: 0 } },
  ])
})

test.each([
  [() => parseMahimahi('', 't'), 'no opportunity'],
  [() => parseMahimahi('5\n4\n', 't.trace'), 't.trace, line 2: times must not go back'],
  [() => parseMahimahi('1\nx\n', 't'), "'x' is no time in ms"],
  [() => parseMahimahi('0\n', 't'), 'a round has no length'],
  [() => parseCsv('time_ms,speed\n0,1\n', 't'), "unknown column 'speed'"],
  [() => parseCsv('time_ms,loss\n0,1.5\n', 't'), "loss is '1.5'"],
  [() => parseCsv('time_ms,loss\n0\n', 't'), '1 cells'],
])('a trace that is none is refused with the line', (parse, message) => {
  expect(parse).toThrow(UsageError)
  expect(parse).toThrow(message)
})

test('no text makes the parsers do anything but parse or refuse', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      for (const parse of [parseMahimahi, parseCsv]) {
        try {
          parse(`time_ms,loss\n${text}`, 't')
          parse(text, 't')
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError)
        }
      }
    }),
  )
})
