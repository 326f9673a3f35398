import { scenario } from '../../harness/scenario/scenario.ts'

scenario(
  'plain and digest clients are greeted, in one piece or in many',
  async ({ expectRule }) => {
    await expectRule('rtmp.server.handshake').toHold()
  },
)
