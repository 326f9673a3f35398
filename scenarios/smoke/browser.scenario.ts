import { scenario } from '../../harness/scenario/scenario.ts'

scenario(
  'the stream plays in a real browser',
  { needs: ['chromium', 'reference'] },
  async ({ createStream, encoder, expectRule }) => {
    const stream = await createStream({ tags: ['smoke'] })
    await encoder('obs-29', { to: stream })
    await expectRule('h5live.plays').toHold()
  },
)
