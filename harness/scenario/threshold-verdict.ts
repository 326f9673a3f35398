import type { Histogram } from '../measure/histogram.ts'
import { evaluateThreshold, parseThreshold } from '../measure/thresholds.ts'
import type { RuleCardRecord } from '../report/run-record.ts'
import type { ScenarioOutcome } from './result.ts'

/** Thresholds are no rules of the catalogue, but the report shows them as one. */
export const thresholdCard: RuleCardRecord = {
  id: 'threshold',
  level: 'must',
  title: 'The latency keeps the threshold that the scenario or the command line sets.',
  source: { document: 'the scenario, or --threshold' },
}

/** Adds the verdict on one threshold. @throws UsageError for a text that is no threshold */
export function thresholdVerdict(text: string, latency: Histogram, outcome: ScenarioOutcome): void {
  const threshold = parseThreshold(text)
  const { result, observed } = evaluateThreshold(threshold, latency)
  outcome.verdicts.push({
    rule: thresholdCard.id,
    level: 'must',
    outcome: result === 'holds' ? 'pass' : 'fail',
    expected: `delivery latency ${text}`,
    actual:
      observed === null
        ? 'no stamped frame was received'
        : `${observed.toFixed(2)} ms (${latency.count} frames)`,
    evidence: [],
  })
}
