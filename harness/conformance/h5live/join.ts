import { openH5LiveViewer } from '../../viewers/h5live-viewer.ts'
import type { Viewer } from '../../viewers/viewer.ts'
import type { ViewerRecord } from '../../viewers/viewer-record.ts'
import type { ProbeContext } from '../probe-context.ts'
import type { Evidence, Finding, ProbedRule } from '../rule.ts'
import { JOIN_BUDGET_MS, JOIN_PLACES, SHORTEST_GOP_MS } from './probe-limits.ts'
import { fragmentsOf } from './seen-fragments.ts'

const EXPECTED = `first key frame ≤ ${JOIN_BUDGET_MS} ms after the handshake, wherever in the GOP a viewer joins`
const WAIT_MS = 10_000

export const join: ProbedRule<ProbeContext> = {
  kind: 'probed',
  id: 'h5live.join',
  level: 'must',
  title: 'A late viewer gets a decodable picture at once, not one group of pictures later',
  source: { document: 'core-concepts', clause: 'instant start' },
  advice: 'keep the current group of pictures and send it to each new viewer first',
  mutants: [
    { kind: 'fault', id: 'wait-for-key' },
    { kind: 'fault', id: 'starts-on-p' },
  ],
  probe: async (context) => {
    const stream = await context.createStream()
    const encoder = await context.publish(stream)
    const watcher = openH5LiveViewer(stream.playout.h5live, { signal: context.signal })
    try {
      return await joinSeveralTimes(watcher, stream.playout.h5live, context)
    } finally {
      await Promise.all([watcher.close(), encoder.stop()])
    }
  },
}

async function joinSeveralTimes(
  watcher: Viewer,
  url: string,
  { signal }: ProbeContext,
): Promise<Finding> {
  const gopMs = await watcher.until(gopLength, { timeoutMs: WAIT_MS })
  if (gopMs < SHORTEST_GOP_MS) {
    const actual = `a GOP of ${gopMs.toFixed(0)} ms is too short to tell a wait from none`
    return { result: 'skipped', expected: EXPECTED, actual }
  }
  const joins: { place: number; ms: number | null; reason: string }[] = []
  for (const place of JOIN_PLACES) {
    const window = [place * gopMs, (place + 0.1) * gopMs] as const
    await watcher.until((record) => isInGop(record, window), { timeoutMs: WAIT_MS })
    const viewer = openH5LiveViewer(url, { signal })
    const reason = await viewer.firstKeyFrame.then(
      () => '',
      (error: Error) => error.message,
    )
    const { open, firstKeyFrame } = viewer.record.stages
    const ms = open === null || firstKeyFrame === null ? null : firstKeyFrame - open
    joins.push({ place, ms, reason })
    await viewer.close()
  }
  const late = joins.filter(({ ms }) => ms === null || ms > JOIN_BUDGET_MS)
  const worst = Math.max(...joins.map(({ ms }) => ms ?? Number.POSITIVE_INFINITY))
  const shown = Number.isFinite(worst) ? `${worst.toFixed(1)} ms` : 'no key frame'
  const evidence: Evidence[] = joins.map(({ place, ms, reason }) => ({
    note: `joined ${(place * gopMs).toFixed(0)} ms into a GOP of ${gopMs.toFixed(0)} ms: ${ms === null ? reason : `${ms.toFixed(1)} ms`}`,
  }))
  const actual = `worst of ${joins.length} joins: ${shown}`
  return { result: late.length === 0 ? 'holds' : 'broken', expected: EXPECTED, actual, evidence }
}

/** Media time in ms of the newest video frame and of the key frames so far. */
function videoTimes(record: ViewerRecord): { keys: number[]; newest: number } {
  const keys: number[] = []
  let newest = Number.NEGATIVE_INFINITY
  for (const { tracks } of fragmentsOf(record)) {
    for (const { track, run } of tracks) {
      if (track.kind !== 'video') continue
      for (const { dts, key } of run.samples) {
        newest = (dts / track.timescale) * 1000
        if (key) keys.push(newest)
      }
    }
  }
  return { keys, newest }
}

/** The last whole group's length: the first one came out of the server's cache. */
function gopLength(record: ViewerRecord): number | undefined {
  const { keys } = videoTimes(record)
  return keys.length < 3 ? undefined : keys.at(-1)! - keys.at(-2)!
}

function isInGop(record: ViewerRecord, [from, to]: readonly [number, number]): true | undefined {
  const { keys, newest } = videoTimes(record)
  const into = newest - (keys.at(-1) ?? Number.POSITIVE_INFINITY)
  return into >= from && into < to ? true : undefined
}
