import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { UsageError } from '../errors.ts'
import { readRunRecord, renderReports } from './render.ts'
import * as samples from './samples/runs.ts'

let dir: string

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'liveproof-render-'))
})

afterEach(() => rmSync(dir, { recursive: true, force: true }))

test('makes the page and the JUnit file beside the record', async () => {
  writeFileSync(join(dir, 'report.json'), JSON.stringify(samples.failingRun()))
  const files = await renderReports(dir)
  expect(readdirSync(dir).sort()).toEqual(['index.html', 'junit.xml', 'report.json'])
  expect(readFileSync(files.html, 'utf8')).toContain('h5live.timeline')
  expect(readFileSync(files.junit, 'utf8')).toContain('h5live.timeline')
})

test.each([
  ['nothing', undefined],
  ['half a record', '{"schema":"liveproof/report@1","run":{'],
  ['another JSON', '{"schema":"something/else"}'],
])('%s is refused with a stable code', (_, text) => {
  const path = join(dir, 'report.json')
  if (text !== undefined) writeFileSync(path, text)
  expect(() => readRunRecord(path)).toThrow(UsageError)
  expect(() => readRunRecord(path)).toThrow(
    expect.objectContaining({ code: 'LP_REPORT_UNREADABLE' }),
  )
})
