import { scenario } from '../../harness/scenario/scenario.ts'

scenario(
  'only known, open streams are published, and nothing is said before it is decided',
  async ({ expectRules }) => {
    await expectRules('rtmp.server.publish-decision', 'rtmp.server.unknown-key').toHold()
  },
)
