import { scenario } from '../../harness/scenario/scenario.ts'

scenario(
  '`connect` gets its three answers, and Acknowledgements and Pings theirs',
  async ({ expectRule }) => {
    await expectRule('rtmp.server.connect-result').toHold()
    await expectRule('rtmp.server.ack').toHold()
  },
)
