import { scenario } from '../../harness/scenario/scenario.ts'

scenario(
  'without the right key nothing is shown and nothing changes',
  { concurrent: true },
  async ({ expectRule }) => {
    await expectRule('api.auth').toHold()
  },
)
