import { expect } from 'vitest'
import { scenario } from '../../harness/scenario/scenario.ts'
import { openH5LiveViewer } from '../../harness/viewers/h5live-viewer.ts'

const VIEWERS = 100

scenario(
  'a hundred viewers of one stream lose no frame and wait no longer than one',
  async ({ createStream, encoder, viewer, workbench, signal, expectLatency }) => {
    const stream = await createStream()
    await encoder('obs-29', { to: stream })
    const watch = viewer.h5live(stream)
    const crowd = Array.from({ length: VIEWERS - 1 }, () =>
      openH5LiveViewer(stream.playout.h5live, { signal, record: false }),
    )
    workbench.atClose(() => Promise.all(crowd.map((one) => one.close())))
    await Promise.all([watch, ...crowd].map((one) => one.frames(300, { timeoutMs: 30_000 })))
    expect(crowd.filter(({ stats }) => stats.lost > 0)).toEqual([])
    for (const { latency } of crowd) watch.latency.merge(latency)
    expectLatency(watch, `count>=${VIEWERS * 150}`, 'p(99)<500ms')
  },
)
