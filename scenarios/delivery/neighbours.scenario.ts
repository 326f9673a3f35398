import { scenario } from '../../harness/scenario/scenario.ts'

scenario(
  'streams that are live at the same time stay apart',
  { concurrent: true },
  async ({ createStream, encoder, viewer, expectRules }) => {
    const streams = [await createStream(), await createStream(), await createStream()]
    for (const stream of streams) await encoder('obs-29', { to: stream })
    const watches = streams.map((stream) => viewer.h5live(stream))
    await Promise.all(watches.map((watch) => watch.frames(150)))
    await expectRules('h5live').toHold()
  },
)
