import { scenario } from '../../harness/scenario/scenario.ts'

scenario(
  'unknown keys, second publishers and bad viewer requests are refused',
  async ({ expectRule }) => {
    await expectRule('rtmp.server.publish-decision').toHold()
    await expectRule('rtmp.server.unknown-key').toHold()
    await expectRule('rtmp.server.duplicate-publish').toHold()
    await expectRule('h5live.bad-request').toHold()
  },
)
