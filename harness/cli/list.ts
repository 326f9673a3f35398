import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Argument, Command } from 'commander'
import { faults } from '../../reference-impl/faults/index.ts'
import { allRules } from '../conformance/registry.ts'
import {
  listBadProfiles,
  listProfiles,
  loadBadProfile,
  loadProfile,
} from '../encoders/load-profile.ts'
import type { Profile } from '../encoders/profile.ts'
import { listLinks, loadLink } from '../network/load-link.ts'
import { allScenarios } from '../scenario/find-scenarios.ts'
import { scenariosDir, targetsDir } from '../scenario/paths.ts'
import { scenarioTitles } from '../scenario/scenario-titles.ts'
import { listTargets } from '../targets/list-targets.ts'

const kinds = ['rules', 'scenarios', 'profiles', 'targets', 'faults', 'links'] as const
type Kind = (typeof kinds)[number]

/** One thing of a list: its name and what a reader wants to know beside it. */
interface Row {
  id: string
  summary: string
  [detail: string]: unknown
}

export function list(): Command {
  return new Command('list')
    .description('List rules, scenarios, profiles, targets, faults or links')
    .addArgument(new Argument('<what>').choices(kinds))
    .option('--json', 'as JSON')
    .action((what: Kind, options: { json?: boolean }) => {
      const rows = rowsOf[what]()
      if (options.json) return console.log(JSON.stringify(rows, null, 2))
      const width = Math.max(...rows.map(({ id }) => id.length)) + 2
      for (const { id, summary } of rows) console.log(`${id.padEnd(width)}${summary}`)
    })
}

const rowsOf: Record<Kind, () => Row[]> = {
  rules: () =>
    allRules.map(({ id, level, title, source, advice, mutants }) => ({
      id,
      summary: `${level.padEnd(7)}${title}`,
      level,
      title,
      source,
      advice,
      mutants,
    })),
  scenarios: () =>
    allScenarios(scenariosDir).map(({ suite, name, path }) => {
      const titles = scenarioTitles(readFileSync(path, 'utf8'))
      return { id: `${suite}/${name}`, summary: titles.join(' / '), titles, suite, path }
    }),
  profiles: () => [
    ...listProfiles().map((id) => {
      const profile = loadProfile(id)
      const { name, version, protocols, provenance, departs } = profile
      const title = version === 'unknown' ? name : `${name} ${version}`
      const summary = `${title} over ${protocolTexts(profile).join(', ')}`
      return { id, summary, protocols, provenance, departs }
    }),
    ...listBadProfiles().map((id) => {
      const { summary, breaks } = loadBadProfile(id)
      return { id, summary: `${summary} (breaks ${breaks.join(', ')})`, breaks }
    }),
  ],
  targets: () => [
    ...listTargets().map((target) => ({ ...target })),
    ...targetFiles().map((file) => ({ id: file, summary: `described in ${file}` })),
  ],
  links: () =>
    listLinks().map((id) => {
      const { summary, sources } = loadLink(id).spec
      return { id, summary, sources }
    }),
  faults: () =>
    faults.map(({ id, summary, breaks }) => ({
      id,
      summary: `${summary} (breaks ${breaks.join(', ')})`,
      breaks,
    })),
}

/** `srt (captured)`, `whip (assumed, in part documented)`: what it comes from. */
function protocolTexts({ protocols, provenance }: Profile): string[] {
  return protocols.map((protocol) => {
    const from = provenance[protocol === 'rtmps' ? 'rtmp' : protocol] ?? provenance.browser
    const others = Object.values(from?.fields ?? {}).map(({ kind }) => kind)
    const part = others.find((kind) => kind !== from?.kind)
    return `${protocol} (${from?.kind ?? 'assumed'}${part ? `, in part ${part}` : ''})`
  })
}

function targetFiles(): string[] {
  try {
    return readdirSync(targetsDir)
      .filter((file) => file.endsWith('.json'))
      .map((file) => join('targets', file))
  } catch {
    return []
  }
}
