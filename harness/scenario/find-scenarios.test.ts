import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findScenarios } from './find-scenarios.ts'

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lp-scenarios-'))
  for (const file of ['api/create', 'api/list', 'smoke/path']) {
    mkdirSync(join(folder, file.split('/')[0]!), { recursive: true })
    writeFileSync(join(folder, `${file}.scenario.ts`), '')
  }
  writeFileSync(join(folder, 'api', 'helper.ts'), '')
})

afterAll(() => rmSync(folder, { recursive: true }))

const names = (patterns: string[]) =>
  findScenarios(folder, patterns).map(({ suite, name }) => `${suite}/${name}`)

test('no pattern means every scenario, and only scenarios', () => {
  expect(names([])).toEqual(['api/create', 'api/list', 'smoke/path'])
})

test.each([
  [['api'], ['api/create', 'api/list']],
  [['path'], ['smoke/path']],
  [['api/list'], ['api/list']],
  [
    ['smoke', 'list', 'api/list'],
    ['api/list', 'smoke/path'],
  ],
])('%j chooses %j', (patterns, expected) => {
  expect(names(patterns)).toEqual(expected)
})

test('a pattern that names nothing is a usage error that lists the suites', () => {
  expect(() => findScenarios(folder, ['api', 'smok'])).toThrow(
    expect.objectContaining({
      code: 'LP_NO_SCENARIO',
      message: expect.stringContaining('api, smoke'),
    }),
  )
})
