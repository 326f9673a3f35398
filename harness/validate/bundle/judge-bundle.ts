import type { EncoderEvidence } from '../../conformance/ingest-record.ts'
import type { Verdict } from '../../conformance/rule.ts'
import type { RunRecord } from '../../report/run-record.ts'
import { summarise } from '../../report/summarise.ts'
import type { DoorProtocol } from '../door.ts'
import { judgeEvidence } from '../judge-evidence.ts'
import { BundleError } from './bundle-error.ts'
import type { Manifest } from './manifest.ts'
import type { Bundle } from './read-bundle.ts'
import { checkWire, type WireCheck } from './wire-check.ts'

/** A verdict of the report that is not what the rules say of the capture. */
export interface Difference {
  readonly rule: string
  readonly what:
    | 'outcome'
    | 'expected'
    | 'actual'
    | 'not in the report'
    | 'no such rule'
    | 'summary'
    | 'wire'
  readonly report: string
  readonly anew: string
}

export interface Rejudged {
  /** What the rules say now. */
  readonly verdicts: readonly Verdict[]
  readonly differences: readonly Difference[]
  /** What came on the wire, where that was packed, against the sessions. */
  readonly wire: readonly WireCheck[]
}

/**
 * Judges a bundle's capture anew, and lays that beside its report.
 * @throws BundleError `LP_BUNDLE_FORMAT` where no ingest can have written down what it holds
 */
export function judgeBundle({ manifest, report, evidence, wire: files }: Bundle): Rejudged {
  const verdicts = judged(manifest.protocol, evidence)
  const wire = checkWire(evidence, files)
  const differences = [
    ...compare(reported(report), verdicts),
    ...summaryOf(manifest, report),
    ...wireDifferences(wire),
  ]
  return { verdicts, differences, wire }
}

/** What an ingest never writes down may well be more than a rule can cope with. */
function judged(protocol: DoorProtocol, evidence: EncoderEvidence): Verdict[] {
  try {
    return judgeEvidence(protocol, evidence)
  } catch (cause) {
    const text = `the sessions of this bundle cannot be judged: ${(cause as Error).message}`
    throw new BundleError('LP_BUNDLE_FORMAT', text, { cause })
  }
}

function wireDifferences(wire: readonly WireCheck[]): Difference[] {
  return wire.flatMap(({ path, difference }) =>
    difference === null
      ? []
      : [{ rule: path, what: 'wire' as const, report: 'as in the sessions', anew: difference }],
  )
}

/** The verdict in one word must follow from the verdicts on the rules, and be the manifest's, too. */
function summaryOf({ verdict }: Manifest, report: RunRecord): Difference[] {
  const { status } = summarise(report)
  const said = [report.summary.status, verdict.status].find((word) => word !== status)
  if (said === undefined) return []
  return [{ rule: 'the verdict as a whole', what: 'summary', report: said, anew: status }]
}

function reported({ scenarios }: RunRecord): Verdict[] {
  return scenarios.flatMap((scenario) => scenario.verdicts as Verdict[])
}

function compare(before: readonly Verdict[], anew: readonly Verdict[]): Difference[] {
  const known = new Map(before.map((verdict) => [verdict.rule, verdict]))
  const differences = anew.flatMap((verdict): Difference[] => {
    const { rule } = verdict
    const old = known.get(rule)
    known.delete(rule)
    if (!old) return [{ rule, what: 'not in the report', report: '', anew: verdict.outcome }]
    const field = (['outcome', 'expected', 'actual'] as const).find(
      (name) => old[name] !== verdict[name],
    )
    return field ? [{ rule, what: field, report: old[field], anew: verdict[field] }] : []
  })
  const gone = [...known.values()].map(
    ({ rule, outcome }): Difference => ({
      ...{ rule, what: 'no such rule', report: outcome, anew: '' },
    }),
  )
  return [...differences, ...gone]
}
