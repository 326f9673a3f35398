import { join } from 'node:path'
import { EnvironmentError } from '../errors.ts'
import { compareTargets } from '../report/compare-targets.ts'
import { renderReports } from '../report/render.ts'
import type { RunRecord } from '../report/run-record.ts'
import { writeFileAtomic } from '../report/write-file.ts'
import { findPeer } from '../targets/peers/peers.ts'
import { type RunSuitesOptions, runSuites } from './run-suites.ts'

export interface RunTargetsOptions extends Omit<RunSuitesOptions, 'target'> {
  /** At least one; each gets a run and a report of its own, one after the other. */
  readonly targets: readonly string[]
}

/**
 * The same scenarios against one target after the other. The report of each then shows all of them
 * side by side. A run that was interrupted ends the row.
 * @throws EnvironmentError `LP_PEER_MISSING` before anything is run
 */
export async function runTargets({
  targets,
  ...options
}: RunTargetsOptions): Promise<Readonly<RunRecord>[]> {
  for (const target of targets) {
    const missing = findPeer(target)?.missing()
    if (missing) throw new EnvironmentError('LP_PEER_MISSING', missing)
  }
  const records: Readonly<RunRecord>[] = []
  for (const target of targets) {
    if (targets.length > 1) console.log(`\nagainst ${target}`)
    const record = await runSuites({ ...options, target })
    records.push(record)
    if (record.run.interrupted?.cause === 'signal') break
  }
  if (records.length > 1) await showSideBySide(records, options.out)
  return records
}

async function showSideBySide(records: readonly RunRecord[], out: string): Promise<void> {
  const columns = compareTargets(records)
  for (const record of records) {
    const dir = join(out, record.run.id)
    const together = { ...record, targets: columns }
    writeFileAtomic(join(dir, 'report.json'), `${JSON.stringify(together)}\n`)
    await renderReports(dir)
  }
}
