import { scenario } from '../../harness/scenario/scenario.ts'

scenario(
  'LL-HLS plays in Chromium for half a minute without a fault',
  { needs: ['chromium'], timeoutMs: 90_000 },
  async ({ expectRule }) => {
    await expectRule('hls.plays').toHold()
  },
)
