import { scenario } from '../../harness/scenario/scenario.ts'

scenario(
  'the list shows the newest streams first and filters by state and tags',
  { concurrent: true },
  async ({ expectRule }) => {
    await expectRule('api.list').toHold()
  },
)
