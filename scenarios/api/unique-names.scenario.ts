import { scenario } from '../../harness/scenario/scenario.ts'

scenario(
  'a thousand streams created at once all have names of their own',
  { concurrent: true },
  async ({ expectRule }) => {
    await expectRule('api.unique-names').toHold()
  },
)
