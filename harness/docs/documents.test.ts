import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../scenario/paths.ts'
import { generatedDocuments } from './documents.ts'

test('documents made from the code are up to date (npm run docs makes them)', async () => {
  for (const [path, content] of Object.entries(await generatedDocuments()))
    expect(readFileSync(join(root, path), 'utf8'), path).toBe(content)
})

const pages = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.md') && !/node_modules|\.tools|reports\/out/.test(file),
)

test.each(pages)('every relative link of %s leads somewhere', (page) => {
  const text = readFileSync(join(root, page), 'utf8')
  const links = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map(([, link]) => link!)
  const dead = links.filter((link) => !existsSync(join(root, dirname(page), link)))
  expect(dead).toEqual([])
})
