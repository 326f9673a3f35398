import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { validateXML } from 'xmllint-wasm'
import { renderJunit } from './junit.ts'
import * as samples from './samples/runs.ts'
import { xmlElement } from './xml.ts'

const xsd = readFileSync(new URL('junit.xsd', import.meta.url), 'utf8')

async function errorsOf(...documents: string[]): Promise<string[]> {
  const xml = documents.map((contents, i) => ({ fileName: `${i}.xml`, contents }))
  const { errors } = await validateXML({ xml, schema: { fileName: 'junit.xsd', contents: xsd } })
  return errors.map(({ rawMessage }) => rawMessage)
}

test('every kind of run makes JUnit XML that fits the schema', async () => {
  const runs = [
    samples.passingRun(),
    samples.failingRun(),
    samples.interruptedRun(),
    samples.invalidRun(),
    samples.emptyRun(),
    samples.largeRun(),
  ]
  expect(await errorsOf(...runs.map(renderJunit))).toEqual([])
})

test('the schema can refuse', async () => {
  const spoiled = renderJunit(samples.failingRun()).replace('<failure', '<mishap')
  expect((await errorsOf(spoiled)).length).toBeGreaterThan(0)
})

test('hostile strings fit the schema as well', async () => {
  const texts = fc.sample(fc.string({ unit: 'binary', minLength: 1 }), { numRuns: 60, seed: 7 })
  const known = [
    '\u0000\u001b[31m',
    ']]>',
    '\ud800',
    '"><failure/>',
    '\uffff',
    '&amp;',
    'a & b',
    '<!--',
  ]
  const documents = [...texts, ...known].map((text) => renderJunit(samples.hostileRun(text)))
  expect(await errorsOf(...documents)).toEqual([])
})

test('no string can leave its attribute, and what XML can hold comes back as it was', () => {
  const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
  const decoded = (text: string) =>
    text.replaceAll(/&(#?)(\w+);/g, (_, number: string, name: string) =>
      number ? String.fromCodePoint(Number(name)) : (named[name] ?? ''),
    )
  fc.assert(
    fc.property(fc.string(), fc.string({ unit: 'binary' }), (plain, binary) => {
      expect(xmlElement('a', { b: binary })).toMatch(/^<a b="[^"<>]*"\/>$/)
      const [, value = ''] = /^<a b="([^"]*)"\/>$/.exec(xmlElement('a', { b: `&${plain}` })) ?? []
      expect(decoded(value)).toBe(`&${plain}`)
    }),
  )
})

test('a failing run names its broken rules, its skips and its errors', () => {
  const xml = renderJunit(samples.failingRun())
  expect(xml).toContain('tests="9" failures="1" errors="1" skipped="1"')
  expect(xml).toContain('h5live.timeline: expected steps equal durations ± 1 tick; got a gap')
  expect(xml).toContain('<skipped message="the target has one location only"/>')
  expect(xml).toContain('<error message="event-loop delay p99 was 212 ms')
  expect(xml).toContain('warning: encoder.gop-length')
})

test.each([
  ['interrupted', samples.interruptedRun()],
  ['crashed', samples.crashedRun()],
  ['empty', samples.emptyRun()],
])('a run that is %s does not look like success', (_, record) => {
  const xml = renderJunit(record)
  expect(xml).toMatch(/<testsuites [^>]*errors="1"/)
  expect(xml).toContain('the run as a whole')
})
