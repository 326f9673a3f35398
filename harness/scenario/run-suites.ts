import { relative } from 'node:path'
import pc from 'picocolors'
import { findRule } from '../conformance/registry.ts'
import { tellGithub } from '../report/github.ts'
import { describeHost } from '../report/host.ts'
import { Progress } from '../report/progress.ts'
import { renderReports } from '../report/render.ts'
import type { RunRecord } from '../report/run-record.ts'
import { RunWriter } from '../report/run-writer.ts'
import { summaryText } from '../report/terminal.ts'
import { programVersions, toolVersion } from '../report/versions.ts'
import { openTarget } from '../targets/open-target.ts'
import type { ScenarioFile } from './find-scenarios.ts'
import { runScenarios } from './run-scenarios.ts'
import type { ShardRecord } from './shard.ts'
import { thresholdCard } from './threshold-verdict.ts'

export interface RunSuitesOptions {
  readonly scenarios: readonly ScenarioFile[]
  /** `reference`, the id of a peer, or the path of a target file. */
  readonly target: string
  readonly seed: number
  /** Folder of all runs. */
  readonly out: string
  /** In k6's grammar, on every latency. */
  readonly thresholds: readonly string[]
  readonly command: string
  /** Ids: only these scenarios of the files, and each with nothing beside it. */
  readonly alone?: ReadonlySet<string>
  /** That these are only a part of the scenarios. */
  readonly shard?: ShardRecord
}

/**
 * One run from start to report: starts or finds the target, runs the scenarios, shows progress,
 * writes every form of the report and prints the summary. Ctrl-C ends it with a valid report.
 */
export async function runSuites(options: RunSuitesOptions): Promise<Readonly<RunRecord>> {
  const target = await openTarget(options.target)
  // Before there is a report that could be left unfinished.
  const interrupted = new AbortController()
  const onSignal = (signal: NodeJS.Signals) => interrupted.abort(signal)
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
  const writer = new RunWriter({
    out: options.out,
    seed: options.seed,
    command: options.command,
    ...(options.shard ? { shard: options.shard } : {}),
    target: { name: target.name, kind: target.kind, api: target.api },
    host: describeHost(),
    tool: toolVersion(),
    versions: programVersions(),
    ruleCard: (id) => (id === thresholdCard.id ? thresholdCard : findRule(id)),
  })
  const progress = new Progress()
  try {
    const record = await runScenarios({
      scenarios: options.scenarios,
      target,
      seed: options.seed,
      thresholds: options.thresholds,
      writer,
      events: progress,
      signal: interrupted.signal,
      ...(options.alone ? { alone: options.alone } : {}),
    })
    progress.done()
    const files = await renderReports(writer.dir)
    console.log(
      summaryText(
        record,
        relative(process.cwd(), files.html),
        pc.createColors(process.stdout.isTTY === true && pc.isColorSupported),
      ),
    )
    tellGithub(record)
    return record
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
    await target.close()
  }
}
