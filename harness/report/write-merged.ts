import { cpSync, existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isInside } from './is-inside.ts'
import { absentShards, mergeRuns } from './merge-runs.ts'
import { readRunRecord, renderReports } from './render.ts'
import type { RunRecord } from './run-record.ts'
import { pointAt, writeFileAtomic } from './write-file.ts'

export interface MergedReport {
  readonly record: RunRecord
  readonly dir: string
  readonly html: string
  /** Shards that nobody brought, from 1. */
  readonly absent: readonly number[]
}

/**
 * Merges runs into one report of its own, with their artifacts.
 * @param paths folders of runs, or their `report.json`
 * @throws UsageError `LP_REPORT_UNREADABLE` and those of `mergeRuns`
 */
export async function writeMerged(paths: readonly string[], out: string): Promise<MergedReport> {
  const parts = paths.map((path) => {
    const isFolder = existsSync(path) && statSync(path).isDirectory()
    const dir = isFolder ? path : dirname(path)
    return { dir, record: readRunRecord(isFolder ? join(path, 'report.json') : path) }
  })
  const record = mergeRuns(parts.map((part) => withOwnArtifacts(part.record)))
  const dir = join(out, record.run.id)
  mkdirSync(dir, { recursive: true })
  for (const part of parts) copyArtifacts(part.record, part.dir, join(dir, part.record.run.id))
  writeFileAtomic(join(dir, 'report.json'), `${JSON.stringify(record)}\n`)
  const { html } = await renderReports(dir)
  pointAt(join(out, 'latest'), record.run.id)
  const absent = absentShards(parts.map((part) => part.record.run))
  return { record, dir, html, absent }
}

/** The same names may come from every run: each gets a folder. */
function withOwnArtifacts(record: RunRecord): RunRecord {
  return {
    ...record,
    scenarios: record.scenarios.map((scenario) => ({
      ...scenario,
      artifacts: scenario.artifacts.map((artifact) => ({
        ...artifact,
        path: `${record.run.id}/${artifact.path}`,
      })),
    })),
  }
}

/** A record may come from elsewhere: only files of its own folder are taken along. */
function copyArtifacts({ scenarios }: RunRecord, from: string, to: string): void {
  for (const { path } of scenarios.flatMap(({ artifacts }) => artifacts)) {
    if (!isInside(from, path) || !existsSync(join(from, path))) continue
    mkdirSync(dirname(join(to, path)), { recursive: true })
    cpSync(join(from, path), join(to, path), { recursive: true })
  }
}
