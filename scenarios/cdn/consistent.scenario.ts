import { scenario } from '../../harness/scenario/scenario.ts'

scenario(
  'every edge delivers the same bytes',
  { needs: ['edges'], ownReference: true, concurrent: true },
  async ({ expectRule }) => {
    await expectRule('cdn.consistent').toHold()
  },
)
