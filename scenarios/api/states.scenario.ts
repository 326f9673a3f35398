import { scenario } from '../../harness/scenario/scenario.ts'

scenario('the state follows the media within a second', async ({ expectRule }) => {
  await expectRule('api.states').toHold()
})
