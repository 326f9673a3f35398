import { readFileSync, statSync } from 'node:fs'
import { relative } from 'node:path'
import pc from 'picocolors'
import { findRule } from '../conformance/registry.ts'
import { UsageError } from '../errors.ts'
import { HealthMonitor } from '../measure/health.ts'
import { describeHost } from '../report/host.ts'
import { renderReports } from '../report/render.ts'
import type { RunRecord } from '../report/run-record.ts'
import { RunWriter } from '../report/run-writer.ts'
import { summaryText } from '../report/terminal.ts'
import { programVersions, toolVersion } from '../report/versions.ts'
import { addViewerLines, type ViewerLines } from '../viewers/k6/viewer-lines.ts'
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
  const { ramp, hold, total } = readLines(options)
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
  const engine = { causes: [], figures: [] }
  const from = options.ramp * 1000
  const to = from + options.duration * 1000
  const stage = { ...{ stage: 0, viewers: options.viewers, from, to }, ...{ ramp, hold, engine } }
  const gathering = new LoadGathering(options.budget)
  await gathering.begin()
  await gathering.stage(stage)
  gathering.end({ stages: [stage], total, byKind: [], engine, complete: true })
  const health = await new HealthMonitor({}).stop()
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

function readLines({ lines, clockErrorMs }: Options): ViewerLines {
  try {
    const bytes = lines.reduce((all, file) => all + statSync(file).size, 0)
    if (bytes > MAX_BYTES) throw new Error(`more than ${MAX_BYTES / 1e6} MB`)
    // Runners print other things too: a viewer's line is told by its beginning.
    const own = lines
      .flatMap((file) => readFileSync(file, 'utf8').split('\n'))
      .filter((line) => line.startsWith('{"lp":1,'))
    if (own.length === 0) throw new Error('no viewer’s line in it')
    return addViewerLines(own, clockErrorMs)
  } catch (error) {
    throw new UsageError('LP_LOAD_LINES', `${lines.join(', ')}: ${(error as Error).message}`)
  }
}
