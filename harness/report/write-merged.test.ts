import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readRunRecord } from './render.ts'
import { sampleRun } from './samples/runs.ts'
import { sampleScenario } from './samples/scenario.ts'
import { writeMerged } from './write-merged.ts'

let out: string
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'liveproof-merge-'))
})
afterEach(() => rmSync(out, { recursive: true }))

function writeRun(id: string, path: string): string {
  const dir = join(out, id)
  mkdirSync(join(dir, 'links'), { recursive: true })
  writeFileSync(join(dir, 'links/log.csv'), id)
  const artifacts = [{ name: 'log', path, kind: 'log' }]
  const scenarios = [sampleScenario({ title: id, id, artifacts })]
  writeFileSync(join(dir, 'report.json'), JSON.stringify(sampleRun({ run: { id }, scenarios })))
  return dir
}

test('the merged report stands alone, with the artifacts of every run', async () => {
  const runs = [writeRun('a', 'links/log.csv'), join(writeRun('b', 'links/log.csv'), 'report.json')]
  const { dir, html } = await writeMerged(runs, join(out, 'merged'))
  const { scenarios } = readRunRecord(join(dir, 'report.json'))
  const paths = scenarios.flatMap(({ artifacts }) => artifacts.map(({ path }) => path))
  expect(paths).toEqual(['a/links/log.csv', 'b/links/log.csv'])
  expect(paths.map((path) => readFileSync(join(dir, path), 'utf8'))).toEqual(['a', 'b'])
  expect(readFileSync(html, 'utf8')).toContain('<!doctype html>')
  expect(existsSync(join(dir, 'junit.xml'))).toBe(true)
})

test('a record from elsewhere cannot have files of this machine taken along', async () => {
  writeFileSync(join(out, 'secret'), 'secret')
  const { dir } = await writeMerged(
    [writeRun('a', '../secret'), writeRun('b', '/etc/hostname')],
    out,
  )
  expect(existsSync(join(dir, 'secret'))).toBe(false)
  expect(existsSync(join(dir, 'a'))).toBe(false)
  expect(existsSync(join(dir, 'b'))).toBe(false)
})

test('what is no run record is told', async () => {
  await expect(writeMerged([join(out, 'nothing'), out], out)).rejects.toMatchObject({
    code: 'LP_REPORT_UNREADABLE',
  })
})
