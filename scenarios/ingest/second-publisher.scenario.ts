import { scenario } from '../../harness/scenario/scenario.ts'

scenario(
  'a live encoder keeps its stream, and nobody else gets a frame into it',
  async ({ expectRules }) => {
    await expectRules('rtmp.server.duplicate-publish', 'rtmp.server.one-publisher').toHold()
  },
)
