import { scenario } from '../../harness/scenario/scenario.ts'

scenario(
  'OBS over RTMP reaches an H5Live viewer within a second',
  async ({ createStream, encoder, viewer, expectRules, expectLatency }) => {
    const stream = await createStream({ tags: ['smoke'] })
    await encoder('obs-29', { to: stream })
    const watch = viewer.h5live(stream)
    await watch.frames(240)
    await expectRules('encoder', 'rtmp.client', 'h5live').toHold()
    expectLatency(watch, 'p(95)<1000ms')
  },
)
