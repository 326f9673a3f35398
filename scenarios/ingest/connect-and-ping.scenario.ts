import { scenario } from '../../harness/scenario/scenario.ts'

scenario(
  '`connect` gets its three answers, and Acknowledgements and Pings theirs',
  async ({ expectRules }) => {
    await expectRules('rtmp.server.connect-result', 'rtmp.server.ack').toHold()
  },
)
