import { scenario } from '../../harness/scenario/scenario.ts'

scenario(
  'every mistake of a caller gets a documented error',
  { concurrent: true },
  async ({ expectRule }) => {
    await expectRule('api.errors').toHold()
  },
)
