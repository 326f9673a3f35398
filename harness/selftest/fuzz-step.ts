import { join } from 'node:path'
import { memoryUnjudged } from '../fuzz/fuzz-result.ts'
import { lineOf } from '../fuzz/line-of.ts'
import { runFuzz } from '../fuzz/run-fuzz.ts'
import { reportsDir } from '../scenario/paths.ts'
import { startReferenceTarget } from '../targets/reference.ts'
import type { Step } from './step.ts'

const SECONDS = 45

/** A bounded run of the fuzzer; `liveproof fuzz` is the long one. */
export function fuzzStep(): Step {
  return {
    title: `${SECONDS} s of mutated sessions against a running reference`,
    async run() {
      const target = await startReferenceTarget()
      try {
        const { parts, ok } = await runFuzz({
          target,
          seed: 1,
          seconds: SECONDS,
          out: join(reportsDir, 'fuzz'),
        })
        for (const part of parts) console.log(lineOf(part))
        const failures = parts.flatMap(({ kind, findings }) =>
          findings.map(({ what }) => `${kind}: ${what}`),
        )
        if (!ok && failures.length === 0) failures.push('nothing could be tried')
        const harmless = parts.filter(({ findings }) => findings.length === 0)
        const skipped = parts.flatMap((part) => {
          const reason = memoryUnjudged(part)
          return reason === null ? [] : [`${part.kind}: ${reason}`]
        })
        return { passed: harmless.length, failed: failures.length, skipped, failures }
      } finally {
        await target.close()
      }
    },
  }
}
