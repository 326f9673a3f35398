import { join } from 'node:path'
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
        for (const { kind, sessions } of parts) console.log(`${kind}: ${sessions} sessions`)
        const failures = parts.flatMap(({ kind, findings }) =>
          findings.map(({ what }) => `${kind}: ${what}`),
        )
        if (!ok && failures.length === 0) failures.push('nothing could be tried')
        const harmless = parts.filter(({ findings }) => findings.length === 0)
        return { passed: harmless.length, failed: failures.length, skipped: [], failures }
      } finally {
        await target.close()
      }
    },
  }
}
