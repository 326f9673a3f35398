import { expect, test } from 'vitest'
import { type CorpusName, corpusTables, readCorpus } from './corpora.ts'

const corpora = Object.keys(corpusTables) as CorpusName[]

test.each(corpora)('the committed %s cases are those of the tables, byte for byte', (corpus) => {
  const tables = Object.values(corpusTables[corpus]).flat()
  const committed = new Map(readCorpus(corpus).map(({ name, bytes }) => [name, bytes]))
  for (const { name, bytes } of tables) {
    expect(committed.get(name)?.equals(bytes), `${name}: run write-corpora.ts`).toBe(true)
  }
  expect(committed.size).toBeGreaterThanOrEqual(tables.length)
})

test.each(corpora)('no two %s cases have the same name', (corpus) => {
  const names = readCorpus(corpus).map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
})
