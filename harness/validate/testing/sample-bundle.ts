import type { EncoderEvidence } from '../../conformance/ingest-record.ts'
import { findRule } from '../../conformance/registry.ts'
import { goodEvents, madeSession } from '../../conformance/testing/ingest-session.ts'
import type { RunRecord } from '../../report/run-record.ts'
import { summarise } from '../../report/summarise.ts'
import { redactEvidence } from '../bundle/redact.ts'
import type { BundleContent } from '../bundle/write-bundle.ts'
import { judgeEvidence } from '../judge-evidence.ts'

/** A session of an encoder whose key-frame interval is so long, s. */
export function sampleEvidence(gop = 2): EncoderEvidence {
  const session = madeSession({ seconds: 20, gop, events: goodEvents })
  return redactEvidence({ sessions: [session] }, [])
}

/** What a validation packs. */
export function sampleContent(gop = 2): BundleContent {
  const evidence = sampleEvidence(gop)
  const verdicts = judgeEvidence('rtmp', evidence)
  const status = verdicts.some(({ outcome }) => outcome === 'fail') ? 'fail' : 'pass'
  const time = '2026-01-12T09:30:15.000Z'
  const record: Omit<RunRecord, 'summary'> = {
    schema: 'liveproof/report@1',
    run: {
      ...{ id: 'r', startedAt: time, durationMs: 1, complete: true, seed: 1, command: 'validate' },
      target: { name: 'reference', kind: 'reference', api: 'http://127.0.0.1:1' },
      host: { os: 'o', kernel: 'k', cpu: 'c', cores: 1, memoryMb: 1, node: 'v26' },
      ...{ tool: { name: 'liveproof', version: '0.1.0' }, versions: {} },
    },
    health: { status: 'healthy', causes: [], figures: [] },
    scenarios: [
      {
        ...{
          id: 'validate/rtmp',
          suite: 'validate',
          title: 'An encoder',
          file: 'validate',
          status,
        },
        ...{ durationMs: 1, verdicts, latency: [], startup: [], series: [], artifacts: [] },
      },
    ],
    rules: Object.fromEntries(
      verdicts.flatMap(({ rule }) => {
        const { id, title, level, source } = findRule(rule)!
        return [[rule, { id, title, level, source }]]
      }),
    ),
  }
  const report: RunRecord = { ...record, summary: summarise(record) }
  return {
    about: {
      createdAt: time,
      tool: { name: 'liveproof', version: '0.1.0' },
      protocol: 'rtmp',
      device: { name: 'An encoder', version: '1', firmware: null },
      verdict: { status: report.summary.status, sentence: report.summary.sentence },
    },
    report,
    evidence,
    environment: {},
    wire: [],
  }
}
