import { scenario } from '../../harness/scenario/scenario.ts'

scenario(
  'frames arrive whole and on time, however they are cut into chunks',
  async ({ expectRule }) => {
    await expectRule('rtmp.server.chunking').toHold()
  },
)
