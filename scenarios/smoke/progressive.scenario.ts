import { scenario } from '../../harness/scenario/scenario.ts'

scenario(
  'OBS over RTMP reaches a viewer of progressive MP4 within a second',
  async ({ createStream, encoder, viewer, expectLatency }) => {
    const stream = await createStream({ tags: ['smoke'] })
    await encoder('obs-29', { to: stream })
    const watch = viewer.progressive(stream)
    await watch.frames(120)
    expectLatency(watch, 'p(95)<1000ms')
  },
)
