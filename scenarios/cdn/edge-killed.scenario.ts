import { scenario } from '../../harness/scenario/scenario.ts'

scenario(
  'five hundred viewers of an edge that is killed play again within five seconds',
  { needs: ['edges'], ownReference: true },
  async ({ workbench, expectRule }) => {
    workbench.crowd = 500
    await expectRule('cdn.failover').toHold()
  },
)
