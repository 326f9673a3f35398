import { scenario } from '../../harness/scenario/scenario.ts'

scenario('wrong requests of viewers are answered and closed', async ({ expectRule }) => {
  await expectRule('h5live.bad-request').toHold()
})
