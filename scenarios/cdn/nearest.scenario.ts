import { scenario } from '../../harness/scenario/scenario.ts'

scenario(
  'clients play from and publish to the edge of their region, and never to one that is dead',
  { needs: ['edges'], ownReference: true, concurrent: true },
  async ({ expectRule }) => {
    await expectRule('cdn.nearest').toHold()
  },
)
