import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { runRecordJsonSchema } from './json-schema.ts'
import { runRecord } from './run-record.ts'
import { networkRun } from './samples/network.ts'
import * as samples from './samples/runs.ts'

const schemaFile = new URL('../../docs/report.schema.json', import.meta.url)
const validate = new Ajv2020({ validateFormats: false }).compile(runRecordJsonSchema())

test('docs/report.schema.json is what the code says', () => {
  expect(JSON.parse(readFileSync(schemaFile, 'utf8'))).toEqual(runRecordJsonSchema())
})

test.each([
  ['passing', samples.passingRun()],
  ['failing', samples.failingRun()],
  ['interrupted', samples.interruptedRun()],
  ['crashed', samples.crashedRun()],
  ['invalid', samples.invalidRun()],
  ['empty', samples.emptyRun()],
  ['large', samples.largeRun()],
  ['network', networkRun()],
  ['hostile', samples.hostileRun('</script>\u2028')],
])('a %s run fits both schemas', (_, record) => {
  const json = JSON.parse(JSON.stringify(record))
  validate(json)
  expect(validate.errors).toBeNull()
  expect(runRecord.parse(json)).toEqual(json)
})

test.each<[string, string, unknown]>([
  ['an unknown outcome', 'scenarios.0.verdicts.0.outcome', 'maybe'],
  ['a missing summary', 'summary', undefined],
  ['a figure that is text', 'scenarios.0.latency.0.p50', '3 ms'],
  ['an exit code of its own', 'summary.exitCode', 7],
  ['another version', 'schema', 'liveproof/report@2'],
])('%s fits neither schema', (_, path, value) => {
  const record: unknown = samples.passingRun()
  const keys = path.split('.')
  const last = keys.pop() ?? ''
  const parent = keys.reduce((at, key) => Reflect.get(Object(at), key), record)
  Reflect.set(Object(parent), last, value)
  const json = JSON.parse(JSON.stringify(record))
  expect(validate(json)).toBe(false)
  expect(runRecord.safeParse(json).success).toBe(false)
})
