import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../scenario/paths.ts'
import { benchmarksPage } from './benchmarks-page.ts'

const result = (id: string, value: number) => ({
  benchmark: { id, title: `About ${id}`, method: 'How.' },
  figures: [{ name: 'figure', value, unit: 'ms', count: 1, bound: 'exact' }],
  charts: [],
})

test('each section keeps the date, the seconds and the machine that it was measured with', () => {
  const first = { date: '2026-01-02', seconds: 15, host: '2 cores' }
  const second = { date: '2026-03-04', seconds: 20, host: '4 cores' }
  const before = benchmarksPage('', [result('a', 1), result('b', 2)], first)
  const page = benchmarksPage(before, [result('b', 3)], second)
  const [head, a, b] = page.split(/^(?=## )/m)
  expect(a).toContain('Measured on 2026-01-02 for 15 s: 2 cores.')
  expect(a).toContain('`./liveproof bench a --seconds 15`')
  expect(b).toContain('Measured on 2026-03-04 for 20 s: 4 cores.')
  expect(b).toContain('| figure | 3 ms |')
  expect(head).not.toMatch(/\d{4}-\d\d-\d\d/)
})

const page = readFileSync(join(root, 'docs', 'benchmarks.md'), 'utf8')
const sections = page.split(/^(?=## )/m).filter((part) => part.startsWith('## '))

test.each(sections)('a section says when and how long it was measured: %s', (section) => {
  const again = /`\.\/liveproof bench [\w-]+ --seconds (\d+)`/.exec(section)?.[1]
  const measured = /^Measured on \d{4}-\d\d-\d\d for (\d+) s: \S/m.exec(section)?.[1]
  expect(measured).toBeDefined()
  expect(measured).toBe(again)
})
