import { scenario } from '../../harness/scenario/scenario.ts'

scenario(
  'memory stays bounded whatever one session sends',
  { timeoutMs: 90_000 },
  async ({ expectRule }) => {
    await expectRule('rtmp.server.bounded').toHold()
  },
)
