import { encoderSideRules } from '../conformance/registry.ts'
import type { Finding } from '../conformance/rule.ts'
import { type PublishPlan, publishAsWritten } from '../scenario/publish-as-written.ts'
import { Workbench } from '../scenario/workbench.ts'
import type { Target } from '../targets/target.ts'

/** Publishes with a profile, good or bad, for as long as it says, and judges the encoder's side. */
export async function observeProfile(
  target: Target,
  profile: string,
  signal: AbortSignal,
  change: Partial<PublishPlan> = {},
): Promise<Map<string, Finding>> {
  const bench = new Workbench(target, signal)
  try {
    const evidence = await publishAsWritten(bench, profile, change)
    return new Map(encoderSideRules.map((rule) => [rule.id, rule.check(evidence)]))
  } finally {
    await bench.close()
  }
}
