import { scenario } from '../../harness/scenario/scenario.ts'

scenario(
  'a stream is found by its id, and an unknown one is a tidy 404',
  { concurrent: true },
  async ({ expectRule }) => {
    await expectRule('api.get').toHold()
    await expectRule('api.unknown').toHold()
  },
)
