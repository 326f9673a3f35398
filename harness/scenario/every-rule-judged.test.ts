import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { allRules, familyOf, probedRules } from '../conformance/registry.ts'
import { findScenarios } from './find-scenarios.ts'
import { scenariosDir } from './paths.ts'

const text = findScenarios(scenariosDir, [])
  .map(({ path }) => readFileSync(path, 'utf8'))
  .join('\n')

/** `srtServerRules`, whose ids a scenario goes through. */
const listOf = (id: string) =>
  `${familyOf(id).replace(/\.(.)/g, (_, letter: string) => letter.toUpperCase())}Rules.map`

test('every rule is judged by a scenario, so that a run on any target can tell', () => {
  const probed = new Set(probedRules.map(({ id }) => id))
  const judged = (id: string) =>
    text.includes(`'${id}'`) ||
    text.includes(listOf(id)) ||
    // A family stands for its observed rules only.
    (!probed.has(id) && text.includes(`'${familyOf(id)}'`))
  expect(allRules.map(({ id }) => id).filter((id) => !judged(id))).toEqual([])
})
