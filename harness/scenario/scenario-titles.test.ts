import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { allScenarios } from './find-scenarios.ts'
import { scenariosDir } from './paths.ts'
import { scenarioTitles } from './scenario-titles.ts'

test.each([
  ["scenario('A stream plays', async () => {})", ['A stream plays']],
  ["scenario(\n  'A stream plays',\n  { needs: ['reference'] },", ['A stream plays']],
  ['scenario("A stream\'s end", f)', ["A stream's end"]],
  ["scenario('A stream\\'s end', f)", ["A stream's end"]],
  ["scenario.each(['a', 'b'])('%s is caught', f)", ['… is caught']],
  ["scenario.each([\n  'a (b',\n])(\n  'Over %s', f)", ['Over …']],
  ["scenario.each(rules.map(({ id }) => id))('Holds %s', f)", ['Holds …']],
  ["scenario('One', f)\n\nscenario('Two', f)", ['One', 'Two']],
  ["import { scenario } from 'x'\n// scenario('no')\nscenario(title, f)", []],
])('of %j the titles are %j', (text, titles) => {
  expect(scenarioTitles(text)).toEqual(titles)
})

test.each(allScenarios(scenariosDir))('$suite/$name has a title that is a sentence', ({ path }) => {
  const titles = scenarioTitles(readFileSync(path, 'utf8'))
  expect(titles.length).toBeGreaterThan(0)
  for (const title of titles) expect(title).toMatch(/\S \S+ \S/)
})
