import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../scenario/paths.ts'

const page = readFileSync(join(root, 'docs', 'errors.md'), 'utf8')
const entries = [...page.matchAll(/^\| `(LP_[A-Z0-9_]+)`/gm)].map(([, code]) => code!)
const documented = new Set(entries)

const thrown = new Set(
  ['harness', 'reference-impl'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
      .flatMap((file) => [
        ...readFileSync(join(root, folder, file), 'utf8').matchAll(/'(LP_[A-Z0-9_]*[A-Z0-9])'/g),
      ])
      .map(([, code]) => code!),
  ),
)

test('every error code in the code is explained on the page', () => {
  expect([...thrown].filter((code) => !documented.has(code))).toEqual([])
})

test('every error code on the page is in the code', () => {
  expect([...documented].filter((code) => !thrown.has(code))).toEqual([])
})

test('every error code has one entry, and so one meaning', () => {
  expect(entries.filter((code, index) => entries.indexOf(code) !== index)).toEqual([])
})
