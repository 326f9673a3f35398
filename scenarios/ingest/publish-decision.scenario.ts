import { scenario } from '../../harness/scenario/scenario.ts'

scenario(
  'only known, open streams are published, and nothing is said before it is decided',
  async ({ expectRule }) => {
    await expectRule('rtmp.server.publish-decision').toHold()
    await expectRule('rtmp.server.unknown-key').toHold()
  },
)
