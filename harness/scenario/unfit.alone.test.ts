import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readRunRecord } from '../report/render.ts'
import type { StepResult } from '../selftest/step.ts'
import { root } from './paths.ts'

let out: string

beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'lp-unfit-'))
})

afterEach(() => rmSync(out, { recursive: true, force: true }))

/** Reports, by when their runs began. */
function reports() {
  return readdirSync(out)
    .filter((name) => name !== 'latest')
    .map((id) => readRunRecord(join(out, id, 'report.json')))
    .sort((a, b) => Date.parse(a.run.startedAt) - Date.parse(b.run.startedAt))
}

async function stepOf(suite: string): Promise<StepResult> {
  const folder = join(root, 'harness/scenario/testing')
  const args = [join(folder, 'run-step.ts'), join(folder, suite), out]
  const { stdout } = await promisify(execFile)(process.execPath, args)
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as StepResult
}

test('a link that cannot keep up makes its scenario invalid, passed or failed, and beside nothing it is measured again', {
  timeout: 120_000,
}, async () => {
  const result = await stepOf('neighbours')
  const [first, ...again] = reports()

  expect(first!.summary.exitCode).toBe(3)
  expect(first!.scenarios.map(({ status }) => status)).toEqual(['invalid', 'invalid'])
  const [failed, passed] = first!.scenarios.toSorted((a, b) => a.id.localeCompare(b.id))
  expect(failed!.reason).toMatch(
    /link fails tcp late with [\d.]+ % of its deliveries, limit 1\.0 %/,
  )
  expect(passed!.reason).toMatch(/link passes tcp late with [\d.]+ % of its deliveries/)
  // Nothing else is known of one among others: the busy event loop may be theirs.
  expect(passed!.reason).not.toContain('event loop')

  expect(again[0]!.scenarios.map(({ id }) => id).sort()).toEqual([failed!.id, passed!.id])
  expect(result).toMatchObject({ passed: 2, failed: 0, failures: [] })
})

test('a scenario that has had its time fails with a code of its own, or is invalid where the process was late', {
  timeout: 120_000,
}, async () => {
  const result = await stepOf('overtime')
  const [first] = reports()
  const byTitle = first!.scenarios.toSorted((a, b) => a.title.localeCompare(b.title))
  expect(byTitle.map(({ status }) => status)).toEqual(['fail', 'invalid'])
  expect(byTitle[0]!.error).toMatchObject({ code: 'LP_SCENARIO_TIMEOUT' })
  expect(byTitle[1]!.reason).toContain('event loop late, max')
  expect(result).toMatchObject({ passed: 0, failed: 2 })
})
