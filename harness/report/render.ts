import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { UsageError } from '../errors.ts'
import { renderHtml } from './html.ts'
import { renderJunit } from './junit.ts'
import { type RunRecord, runRecord } from './run-record.ts'
import { writeFileAtomic } from './write-file.ts'

/**
 * Makes `index.html` and `junit.xml` beside the `report.json` of a run.
 * @throws UsageError LP_REPORT_UNREADABLE
 */
export async function renderReports(runDir: string): Promise<{ html: string; junit: string }> {
  const record = readRunRecord(join(runDir, 'report.json'))
  const files = { html: join(runDir, 'index.html'), junit: join(runDir, 'junit.xml') }
  writeFileAtomic(files.junit, renderJunit(record))
  writeFileAtomic(files.html, await renderHtml(record))
  return files
}

/** @throws UsageError LP_REPORT_UNREADABLE: no such file, not JSON, or not a run record */
export function readRunRecord(path: string): RunRecord {
  let json: unknown
  try {
    json = JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw unreadable(path, (cause as Error).message, cause)
  }
  const parsed = runRecord.safeParse(json)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw unreadable(path, `${issue?.path.join('.')}: ${issue?.message}`, parsed.error)
}

function unreadable(path: string, why: string, cause: unknown): UsageError {
  return new UsageError('LP_REPORT_UNREADABLE', `${path} is no run record: ${why}`, { cause })
}
