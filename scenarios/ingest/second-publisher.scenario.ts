import { scenario } from '../../harness/scenario/scenario.ts'

scenario(
  'a live encoder keeps its stream, and nobody else gets a frame into it',
  async ({ expectRule }) => {
    await expectRule('rtmp.server.duplicate-publish').toHold()
    await expectRule('rtmp.server.one-publisher').toHold()
  },
)
