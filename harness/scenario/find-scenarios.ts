import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { UsageError } from '../errors.ts'

export interface ScenarioFile {
  readonly suite: string
  /** File name without its ending. */
  readonly name: string
  readonly path: string
}

/** All scenarios of a folder: `<suite>/<name>.scenario.ts`, sorted by suite and name. */
export function allScenarios(folder: string): ScenarioFile[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .flatMap((file) => {
      const match = /^(?<suite>[\w-]+)\/(?<name>[\w-]+)\.scenario\.ts$/.exec(file)?.groups
      return match
        ? [{ suite: match['suite']!, name: match['name']!, path: join(folder, file) }]
        : []
    })
    .sort((a, b) => a.path.localeCompare(b.path))
}

/**
 * The scenarios that were asked for: each pattern is a suite, a scenario, or `suite/scenario`.
 * No pattern means all of them.
 * @throws UsageError `LP_NO_SCENARIO` for a pattern that names nothing, so that a slip of the
 *   keyboard never ends in a green run of nothing
 */
export function findScenarios(folder: string, patterns: readonly string[]): ScenarioFile[] {
  const all = allScenarios(folder)
  if (patterns.length === 0) return all
  const chosen = new Set<ScenarioFile>()
  for (const pattern of patterns) {
    const matches = all.filter(
      ({ suite, name, path }) =>
        pattern === suite ||
        pattern === name ||
        pattern === `${suite}/${name}` ||
        path.endsWith(`/${pattern}`) ||
        pattern === path,
    )
    if (matches.length === 0)
      throw new UsageError(
        'LP_NO_SCENARIO',
        `there is no suite or scenario '${pattern}'; suites: ${suitesOf(all).join(', ')}`,
      )
    for (const match of matches) chosen.add(match)
  }
  return all.filter((scenario) => chosen.has(scenario))
}

export function suitesOf(scenarios: readonly ScenarioFile[]): string[] {
  return [...new Set(scenarios.map(({ suite }) => suite))]
}
