import { scenario } from '../../harness/scenario/scenario.ts'

scenario(
  'the stream plays in a real browser',
  { needs: ['chromium', 'reference'] },
  async ({ workbench, expectRule }) => {
    workbench.playSeconds = 8
    await expectRule('h5live.plays').toHold()
  },
)
