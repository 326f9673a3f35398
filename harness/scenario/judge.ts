import { gatherH5LiveEvidence } from '../conformance/h5live/evidence.ts'
import {
  allRules,
  encoderSideRules,
  familyOf,
  probedRules,
  viewerSideRules,
} from '../conformance/registry.ts'
import { type Finding, type Verdict, verdictOf } from '../conformance/rule.ts'
import { UsageError } from '../errors.ts'
import { NotOffered } from '../targets/not-offered.ts'
import type { Viewer } from '../viewers/viewer.ts'
import { sentStream } from './sent-stream.ts'
import type { Workbench } from './workbench.ts'

/** What there is to judge. */
export interface JudgedThings {
  readonly bench: Workbench
  readonly viewers: readonly { readonly viewer: Viewer; readonly streamName: string }[]
}

type Chosen = (ruleId: string) => boolean

/**
 * Ids, families (`h5live`) or several families under one name (`rtmp`).
 * @throws UsageError `LP_NO_RULE` for a selector that names nothing
 */
export function chooseRules(selectors: readonly string[]): Chosen {
  for (const selector of selectors)
    if (!allRules.some(({ id }) => matches(id, selector)))
      throw new UsageError('LP_NO_RULE', `there is no rule or family '${selector}'`)
  return (id) => selectors.some((selector) => matches(id, selector))
}

function matches(id: string, selector: string): boolean {
  return id === selector || `${familyOf(id)}.`.startsWith(`${selector}.`)
}

/**
 * Judges the chosen rules: observed ones on what encoders sent and viewers saw; probed ones only
 * where they are named by their full id, because they do something to the target.
 */
export async function judge(
  selectors: readonly string[],
  { bench, viewers }: JudgedThings,
): Promise<Verdict[]> {
  const chosen = chooseRules(selectors)
  const verdicts: Verdict[] = []
  verdicts.push(...(await judgeEncoders(bench, chosen)))
  verdicts.push(...(await judgeViewers({ bench, viewers }, chosen)))
  for (const rule of probedRules)
    if (selectors.includes(rule.id)) verdicts.push(verdictOf(rule, await probe(rule, bench)))
  return verdicts
}

/** A rule that needs what the target does not have at all is skipped, with that reason. */
async function probe(rule: (typeof probedRules)[number], bench: Workbench): Promise<Finding> {
  try {
    return await rule.probe(bench)
  } catch (error) {
    if (!(error instanceof NotOffered)) throw error
    return { result: 'skipped', expected: rule.title, actual: error.message }
  }
}

async function judgeEncoders(bench: Workbench, chosen: Chosen): Promise<Verdict[]> {
  const rules = encoderSideRules.filter(({ id }) => chosen(id))
  if (rules.length === 0) return []
  const verdicts: Verdict[] = []
  for (const evidence of await bench.encoderEvidence())
    verdicts.push(...rules.map((rule) => verdictOf(rule, rule.check(evidence))))
  if (verdicts.length > 0) return verdicts
  const reason = bench.target.reference
    ? 'no encoder published in this scenario'
    : 'this target keeps no ingest records'
  return rules.map((rule) =>
    verdictOf(rule, { result: 'skipped', expected: rule.title, actual: reason }),
  )
}

async function judgeViewers({ bench, viewers }: JudgedThings, chosen: Chosen): Promise<Verdict[]> {
  const rules = viewerSideRules.filter(({ id }) => chosen(id))
  if (rules.length === 0) return []
  const verdicts: Verdict[] = []
  for (const { viewer, streamName } of viewers) {
    if (viewer.record.kind !== 'h5live') continue
    const sender = bench.encoders.findLast(({ stream }) => stream.name === streamName)
    const evidence = await gatherH5LiveEvidence(
      viewer.record,
      sender ? sentStream(sender.encoder, sender.url) : undefined,
    )
    verdicts.push(...rules.map((rule) => verdictOf(rule, rule.check(evidence))))
  }
  if (verdicts.length > 0) return verdicts
  return rules.map((rule) =>
    verdictOf(rule, {
      result: 'skipped',
      expected: rule.title,
      actual: 'no H5Live viewer watched in this scenario',
    }),
  )
}
