import { evidenceRule } from '../encoder/rule-of.ts'
import { broken, count, holds, seconds, skipped } from '../findings.ts'
import type { EncoderEvidence, IngestRecord } from '../ingest-record.ts'
import type { Finding } from '../rule.ts'
import { saidGoodbye, wasAccepted } from './command-events.ts'

/** Ends that are not the encoder's doing. */
const BY_TARGET: readonly string[] = [
  'replaced',
  'stopped',
  'locked',
  'deleted',
  'dropped',
  'shutdown',
  'silent',
  'internal-error',
]
const FIRST_RETRY_MIN_MS = 1_000
const FIRST_RETRY_MAX_MS = 15_000
/** Timers are late, never much too early. */
const EARLY_MS = 50
/** A retry that comes later than this is a new start by a person. */
const NEW_START_MS = 120_000
/** Attempts in a row that fail before the delay must have grown. */
const PATIENCE = 6

export const gracefulStop = evidenceRule(
  {
    id: 'rtmp.client.graceful-stop',
    level: 'should',
    title: 'the encoder unpublishes before it closes the connection',
    source: { document: 'nanoStream Cloud documentation, RTMP ingest; captures of OBS and ffmpeg' },
    advice: 'Send FCUnpublish and deleteStream, then close: the stream ends at once for viewers.',
    mutants: ['abrupt-stop'],
  },
  ({ sessions }): Finding => {
    const expected = 'FCUnpublish or deleteStream, then the connection closes'
    const judged = lastSessions(sessions).filter(
      (record) =>
        record.closedAt !== null &&
        wasAccepted(record) &&
        !BY_TARGET.includes(record.closeReason ?? ''),
    )
    if (judged.length === 0) return skipped(expected, 'no session was ended by the encoder')
    const abrupt = judged.find((record) => !saidGoodbye(record))
    if (!abrupt) return holds(expected, 'as expected')
    const at = (abrupt.closedAt ?? 0) - abrupt.openedAt
    const note = `closed (${abrupt.closeReason}) without a word`
    return broken(expected, 'the connection was cut', [{ note, at }])
  },
)

export const reconnect = evidenceRule(
  {
    id: 'rtmp.client.reconnect',
    level: 'should',
    title: 'after a drop the encoder reconnects after 1 to 15 s, and spaces out its attempts',
    source: {
      document: 'nanoStream webcaster documentation',
      clause: 'reconnect: minDelaySec, maxDelaySec',
    },
    advice: 'Wait 2 s before the first retry and longer before each further one.',
    mutants: ['reconnect-storm'],
  },
  (evidence): Finding => {
    const expected = 'first retry 1–15 s after a drop, further ones at least 1 s apart'
    const findings = byStream(evidence).map((sessions) =>
      judgeRetries(sessions, expected, evidence.until),
    )
    return (
      findings.find(({ result }) => result === 'broken') ??
      findings.find(({ result }) => result === 'holds') ??
      skipped(expected, 'no connection was dropped')
    )
  },
)

/** How a session over UDP ends at a known time; that a caller vanished is noticed much later. */
const SEEN_AT_ONCE: readonly (string | null)[] = ['dropped', 'refused']

function judgeRetries(
  sessions: readonly IngestRecord[],
  expected: string,
  until: number | undefined,
): Finding {
  const waits: number[] = []
  let failures = 0
  for (const [i, record] of sessions.slice(1).entries()) {
    const before = sessions[i]
    if (!before || before.closedAt === null || saidGoodbye(before)) {
      failures = 0
      continue
    }
    if (before.protocol === 'srt' && !SEEN_AT_ONCE.includes(before.closeReason)) continue
    const wait = record.openedAt - before.closedAt
    if (wait > NEW_START_MS) continue
    waits.push(wait)
    const failed = !wasAccepted(before)
    failures = failed ? failures + 1 : 0
    const evidence = [{ note: `retry after ${seconds(wait)}`, at: wait }]
    if (wait < FIRST_RETRY_MIN_MS - EARLY_MS) {
      return broken(expected, `a retry after ${wait.toFixed(0)} ms`, evidence)
    }
    if (!failed && wait > FIRST_RETRY_MAX_MS) {
      return broken(expected, `the first retry after ${seconds(wait)}`, evidence)
    }
    const grown = wait > (waits.at(-failures) ?? 0) * 1.2
    if (failures >= PATIENCE && !grown && wait < FIRST_RETRY_MAX_MS) {
      return broken(expected, `${failures} failed retries without a longer wait`, evidence)
    }
  }
  const last = sessions.at(-1)
  const missed = last?.closeReason === 'dropped' && (until ?? 0) - (last.closedAt ?? 0)
  if (missed && missed > FIRST_RETRY_MAX_MS) {
    const at = (last.closedAt ?? 0) - last.openedAt
    return broken(expected, `no retry within ${seconds(missed)} of the drop`, [
      { note: 'the connection was cut', at },
    ])
  }
  if (waits.length === 0) return skipped(expected, 'no connection was dropped')
  const shown = waits.map(seconds).slice(0, 8).join(', ')
  return holds(expected, `${count(waits.length, 'drop')}, retried after ${shown}`)
}

function byStream({ sessions }: EncoderEvidence): IngestRecord[][] {
  const own = sessions.filter(({ protocol }) => protocol !== 'whip')
  const groups = Map.groupBy(own, ({ stream }) => stream)
  return [...groups.values()].map((group) => group.toSorted((a, b) => a.openedAt - b.openedAt))
}

/** The last session of each stream: whatever ended before it was a drop, and reconnected. */
function lastSessions(sessions: readonly IngestRecord[]): IngestRecord[] {
  return byStream({ sessions }).flatMap((group) => group.slice(-1))
}
