import { scenario } from '../../harness/scenario/scenario.ts'

scenario(
  'a crash loses no acknowledged write',
  { needs: ['reference'], ownReference: true, concurrent: true },
  async ({ expectRule }) => {
    await expectRule('api.durable').toHold()
  },
)
