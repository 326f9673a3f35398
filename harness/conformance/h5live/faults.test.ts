import { expect, test } from 'vitest'
import { h5liveFaults } from '../../../reference-impl/faults/h5live.ts'
import { sentStream } from '../../scenario/sent-stream.ts'
import { Workbench } from '../../scenario/workbench.ts'
import { startReferenceTarget } from '../../targets/reference.ts'
import { openH5LiveViewer } from '../../viewers/h5live-viewer.ts'
import { isBreach } from '../rule.ts'
import { gatherH5LiveEvidence } from './evidence.ts'
import { observedH5LiveRules } from './observed-rules.ts'

const FRAMES = 45
const observed = observedH5LiveRules.map(({ id }) => id)
const faults = h5liveFaults
  .map(({ id, breaks }) => ({ id, breaks: breaks.filter((rule) => observed.includes(rule)) }))
  .filter(({ breaks }) => breaks.length > 0)

/** Ids of the observed rules that a viewer of a reference with this fault sees broken. */
async function brokenUnder(fault: string | null): Promise<string[]> {
  const target = await startReferenceTarget({ faults: fault === null ? [] : [fault] })
  const bench = new Workbench(target, AbortSignal.timeout(30_000))
  try {
    const [stream, neighbour] = [await bench.createStream(), await bench.createStream()]
    const encoder = await bench.publish(stream)
    await bench.publish(neighbour)
    const viewer = openH5LiveViewer(stream.playout.h5live, { signal: bench.signal })
    bench.atClose(() => viewer.close())
    // A fault may keep the frames away; what did arrive is judged all the same.
    await viewer.frames(FRAMES, { timeoutMs: 5000 }).catch(() => {})
    const evidence = await gatherH5LiveEvidence(
      viewer.record,
      sentStream(encoder, stream.ingest.rtmp),
    )
    return observedH5LiveRules.filter((rule) => isBreach(rule.check(evidence))).map(({ id }) => id)
  } finally {
    await bench.close()
    await target.close()
  }
}

test('a viewer of the healthy reference sees no rule broken', async () => {
  expect(await brokenUnder(null)).toEqual([])
})

test.concurrent.each(faults)('under $id exactly $breaks break', async ({ id, breaks }) => {
  expect(await brokenUnder(id)).toEqual([...breaks])
})
