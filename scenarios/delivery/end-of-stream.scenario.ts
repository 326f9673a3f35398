import { scenario } from '../../harness/scenario/scenario.ts'

scenario(
  'viewers are told when a stream ends, and that one has not begun',
  async ({ expectRule }) => {
    await expectRule('h5live.end').toHold()
  },
)
