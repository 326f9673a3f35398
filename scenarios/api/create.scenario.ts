import { scenario } from '../../harness/scenario/scenario.ts'

scenario(
  'creating a stream answers with everything that encoders and players need',
  { concurrent: true },
  async ({ expectRule }) => {
    await expectRule('api.create').toHold()
  },
)
