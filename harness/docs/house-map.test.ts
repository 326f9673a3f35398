import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../scenario/paths.ts'

const guide = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8')
const map = /## The map of the house\n+```\n([\s\S]*?)```/.exec(guide)?.[1] ?? ''

/** `harness`, `harness/cli`, …: the folders that begin a line, indented ones below the last other. */
const mapped = new Set<string>()
let top = ''
for (const line of map.split('\n')) {
  const [, indent = '', names = ''] = /^( *)((?:\S+\/(?: +|$))+)/.exec(line) ?? []
  for (const name of names.split(/ +/).filter((part) => part !== '')) {
    const folder = name.split('/', 1)[0]!
    if (indent === '') top = folder
    mapped.add(indent === '' ? folder : `${top}/${folder}`)
  }
}

const foldersOf = (folder: string) =>
  readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `${folder}/${name}`)

test.each(['harness', 'reference-impl'])('every folder of %s is in the map', (folder) => {
  expect(foldersOf(folder).filter((path) => !mapped.has(path))).toEqual([])
})

test('the folders beside them are in the map', () => {
  expect([...mapped]).toEqual(
    expect.arrayContaining(['scenarios', 'fixtures', 'reports', 'docs', 'deploy']),
  )
})

test('the map names no folder that is not there', () => {
  expect([...mapped].filter((path) => !existsSync(join(root, path)))).toEqual([])
})
