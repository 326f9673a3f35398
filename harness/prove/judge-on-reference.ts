import { gatherH5LiveEvidence } from '../conformance/h5live/evidence.ts'
import { probedRules, viewerSideRules } from '../conformance/registry.ts'
import type { Finding } from '../conformance/rule.ts'
import { startOwnReference } from '../scenario/own-reference.ts'
import { sentStream } from '../scenario/sent-stream.ts'
import { Workbench } from '../scenario/workbench.ts'
import { openH5LiveViewer } from '../viewers/h5live-viewer.ts'

/** s for all rules on one reference */
const DEADLINE_MS = 150_000
/** Enough for two groups of pictures and a half, so that every fault of a fragment shows. */
const WATCHED_FRAMES = 150

/** Starts a reference with these faults and judges the rules on it, one after the other. */
export async function judgeOnReference(
  ruleIds: readonly string[],
  faults: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, Finding>> {
  const findings = new Map<string, Finding>()
  const own = await startOwnReference(faults)
  try {
    for (const rule of probedRules.filter(({ id }) => ruleIds.includes(id)))
      findings.set(rule.id, await withBench(own, signal, (bench) => rule.probe(bench)))
    const observed = viewerSideRules.filter(({ id }) => ruleIds.includes(id))
    if (observed.length > 0) {
      const evidence = await withBench(own, signal, watch)
      for (const rule of observed) findings.set(rule.id, rule.check(evidence))
    }
  } finally {
    await own.close()
  }
  return findings
}

type OwnReference = Awaited<ReturnType<typeof startOwnReference>>

async function withBench<T>(
  own: OwnReference,
  signal: AbortSignal,
  use: (bench: Workbench) => Promise<T>,
): Promise<T> {
  const bench = new Workbench(
    own.target(),
    AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]),
  )
  bench.restartTarget = own.restart
  try {
    return await use(bench)
  } finally {
    await bench.close()
  }
}

/** One good encoder, a second stream beside it, and a viewer of the first. */
async function watch(bench: Workbench) {
  const [stream, neighbour] = [await bench.createStream(), await bench.createStream()]
  const encoder = await bench.publish(stream)
  await bench.publish(neighbour)
  const viewer = openH5LiveViewer(stream.playout.h5live, { signal: bench.signal })
  bench.atClose(() => viewer.close())
  // A fault may well keep the frames away; what did arrive is judged all the same.
  await viewer.frames(WATCHED_FRAMES, { timeoutMs: 12_000 }).catch(() => {})
  return gatherH5LiveEvidence(viewer.record, sentStream(encoder, stream.ingest.rtmp))
}
