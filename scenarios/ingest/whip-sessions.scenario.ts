import { scenario } from '../../harness/scenario/scenario.ts'

scenario(
  'a WHIP session can be changed and ended, and nobody else can publish meanwhile',
  { timeoutMs: 90_000, concurrent: true },
  async ({ expectRule }) => {
    await expectRule('whip.server.patch').toHold()
    await expectRule('whip.server.delete').toHold()
    await expectRule('whip.server.duplicate').toHold()
    await expectRule('whip.server.consent').toHold()
  },
)
