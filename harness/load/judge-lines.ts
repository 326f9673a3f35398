import { readFileSync, statSync } from 'node:fs'
import { relative } from 'node:path'
import pc from 'picocolors'
import { findRule } from '../conformance/registry.ts'
import { UsageError } from '../errors.ts'
import { describeHost } from '../report/host.ts'
import { renderReports } from '../report/render.ts'
import type { RunRecord } from '../report/run-record.ts'
import { RunWriter } from '../report/run-writer.ts'
import { summaryText } from '../report/terminal.ts'
import { programVersions, toolVersion } from '../report/versions.ts'
import { k6Health } from '../viewers/k6/k6-health.ts'
import { type Lines, parseLines } from '../viewers/k6/line.ts'
import { addViewerLines } from '../viewers/k6/viewer-lines.ts'
import { LoadGathering } from './gathering.ts'
import type { LoadOptions } from './run-load.ts'
import { loadScenario } from './scenario-result.ts'

/** A line is about 10 kB; this is 50,000 viewers. */
const MAX_BYTES = 512e6

type Options = LoadOptions & {
  /** Files of lines, one from each runner or all in one. */
  readonly lines: readonly string[]
  /** How far the runners' clocks may be from the encoder's, ms. */
  readonly clockErrorMs: number
}

/**
 * Judges what k6 runners on other machines printed, as if one run had made it: counts and
 * histograms are merged, percentiles come last.
 * @throws UsageError `LP_LOAD_LINES` for files that no runner can have written
 */
export async function judgeLines(options: Options): Promise<Readonly<RunRecord>> {
  const lines = readLines(options)
  const { ramp, hold, total } = addViewerLines(lines, options.clockErrorMs, options.viewers)
  const writer = new RunWriter({
    out: options.out,
    seed: options.seed,
    command: options.command,
    target: { name: options.target, kind: 'remote', api: 'seen by k6 runners elsewhere' },
    host: describeHost(),
    tool: toolVersion(),
    versions: programVersions(),
    ruleCard: findRule,
  })
  const engine = k6Health(lines, { wanted: options.viewers })
  const from = options.ramp * 1000
  const to = from + options.duration * 1000
  const stage = { ...{ stage: 0, viewers: options.viewers, from, to }, ...{ ramp, hold, engine } }
  const gathering = new LoadGathering(options.budget)
  await gathering.stage(stage)
  gathering.end({ stages: [stage], total, byKind: [], engine, complete: true })
  // This process measured nothing; the runners did.
  const health = { status: 'healthy' as const, causes: [], figures: [] }
  writer.noteHealth([...engine.figures])
  writer.scenario({
    ...loadScenario({ options, gathering, health, engine: 'k6' }),
    durationMs: to,
  })
  const record = writer.finish()
  const files = await renderReports(writer.dir)
  const colours = pc.createColors(process.stdout.isTTY === true && pc.isColorSupported)
  console.log(summaryText(record, relative(process.cwd(), files.html), colours))
  return record
}

function readLines({ lines }: Options): Lines {
  try {
    const bytes = lines.reduce((all, file) => all + statSync(file).size, 0)
    if (bytes > MAX_BYTES) throw new Error(`more than ${MAX_BYTES / 1e6} MB`)
    // Runners print other things too: a viewer's line is told by its beginning.
    const own = lines
      .flatMap((file) => readFileSync(file, 'utf8').split('\n'))
      .filter((line) => line.startsWith('{"lp":1,'))
    if (own.length === 0) throw new Error('no viewer’s line in it')
    const parsed = parseLines(own)
    refuseTwice(parsed)
    return parsed
  } catch (error) {
    throw new UsageError('LP_LOAD_LINES', `${lines.join(', ')}: ${(error as Error).message}`)
  }
}

/** Runners of one run number their viewers through: one that is there twice was given twice. */
function refuseTwice({ viewers, clients }: Lines): void {
  for (const [what, numbers] of [
    ['viewer', viewers.map(({ viewer }) => viewer)],
    ['client', clients.map(({ client }) => client)],
  ] as const) {
    const seen = new Set<number>()
    for (const number of numbers) {
      if (seen.has(number)) throw new Error(`${what} ${number} is in it twice`)
      seen.add(number)
    }
  }
}
