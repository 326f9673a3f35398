import { scenario } from '../../harness/scenario/scenario.ts'

scenario(
  'stop, lock and delete end the stream for its encoder and its viewers',
  async ({ expectRule }) => {
    await expectRule('api.stop-lock-delete').toHold()
  },
)
