import { scenario } from '../../harness/scenario/scenario.ts'

scenario(
  'B-frames, though unwanted, keep their order and their times',
  { concurrent: true },
  async ({ createStream, encoder, viewer, expectRules }) => {
    const stream = await createStream()
    await encoder('b-frames', { to: stream })
    await viewer.h5live(stream).frames(240)
    await expectRules('h5live').toHold()
  },
)
