import { expect } from 'vitest'
import { scenario } from '../../harness/scenario/scenario.ts'
import { openH5LiveViewer } from '../../harness/viewers/h5live-viewer.ts'

const GOOD = 100

scenario(
  'a viewer on a link that is too narrow does not disturb a hundred good ones',
  // A hundred viewers keep the process of the link busy; the disturbance would be one of seconds.
  { concurrent: true },
  async ({ createStream, encoder, viewer, link, workbench, signal, expectLatency }) => {
    const stream = await createStream()
    await encoder('obs-29', { to: stream })
    const first = viewer.h5live(stream)
    const crowd = Array.from({ length: GOOD - 1 }, () =>
      openH5LiveViewer(stream.playout.h5live, { signal, record: false }),
    )
    workbench.atClose(() => Promise.all(crowd.map((one) => one.close())))
    const good = [first, ...crowd]
    await Promise.all(good.map((watch) => watch.firstKeyFrame))
    const narrow = link({
      schema: 'liveproof/link@1',
      id: 'narrow',
      summary: 'A quarter of what the stream needs.',
      down: { delayMs: 30, rateKbps: 250, queue: { ms: 500 } },
      up: { delayMs: 30 },
    })
    const slow = await viewer.h5live(stream, { through: narrow })
    await Promise.all(good.map((watch) => watch.frames(180)))
    expect(good.filter(({ stats }) => stats.lost > 0)).toEqual([])
    for (const { latency } of crowd) first.latency.merge(latency)
    expectLatency(first, 'p(95)<1000ms')
    expect(slow.stats.frames).toBeLessThan(150)
  },
)
