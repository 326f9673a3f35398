import { scenario } from '../../harness/scenario/scenario.ts'

scenario.each(['obs-29', 'ffmpeg-5.1', 'osprey-talon'])(
  'what %s sends arrives whole, in order and on time',
  {},
  async ({ createStream, encoder, viewer, expectRules, expectLatency }, profile) => {
    const stream = await createStream()
    await encoder(profile, { to: stream })
    const watch = viewer.h5live(stream)
    await watch.frames(240)
    await expectRules('h5live').toHold()
    expectLatency(watch, 'count>=120', 'p(99)<1000ms')
  },
)
