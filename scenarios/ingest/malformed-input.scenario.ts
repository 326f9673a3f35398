import { scenario } from '../../harness/scenario/scenario.ts'

scenario(
  'malformed sessions harm nobody but themselves',
  { timeoutMs: 120_000 },
  async ({ expectRule }) => {
    await expectRule('rtmp.server.survives').toHold()
  },
)
