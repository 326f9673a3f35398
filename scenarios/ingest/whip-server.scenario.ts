import { scenario } from '../../harness/scenario/scenario.ts'

scenario(
  'a WHIP endpoint answers offers as the standard says, and refuses what it must',
  async ({ expectRule }) => {
    await expectRule('whip.server.created').toHold()
    await expectRule('whip.server.answer').toHold()
    await expectRule('whip.server.content-type').toHold()
    await expectRule('whip.server.bad-offer').toHold()
    await expectRule('whip.server.auth').toHold()
    await expectRule('whip.server.options').toHold()
    await expectRule('whip.server.link-ice').toHold()
  },
)
