import { z } from 'zod'
import { runRecord } from './run-record.ts'

/**
 * JSON Schema (2020-12) of the run record. To bring the copy in docs up to date:
 * `node harness/report/json-schema.ts > docs/report.schema.json`, then `npm run format`.
 */
export function runRecordJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(runRecord) }
}

if (import.meta.main) console.log(JSON.stringify(runRecordJsonSchema(), null, 2))
