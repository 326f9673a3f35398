import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { CORPUS, corpusTables, corpusText, readCorpus } from './corpus.ts'

test.each(Object.keys(corpusTables))('the committed %s cases are those of the table', (file) => {
  expect(readFileSync(`${CORPUS}${file}.json`, 'utf8')).toBe(corpusText(corpusTables[file]!))
})

test('every case has a name of its own, under its layer', () => {
  const names = readCorpus().map((it) => it.name)
  expect(new Set(names).size).toBe(names.length)
  expect(names.length).toBeGreaterThan(200)
  for (const name of names)
    expect(name).toMatch(/^(handshake|chunk|amf|command|media|found)\/[\w.+-]+$/)
})
