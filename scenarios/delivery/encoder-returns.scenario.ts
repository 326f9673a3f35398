import { scenario } from '../../harness/scenario/scenario.ts'

scenario('viewers stay when the encoder vanishes and comes back', async ({ expectRule }) => {
  await expectRule('h5live.republish').toHold()
})
