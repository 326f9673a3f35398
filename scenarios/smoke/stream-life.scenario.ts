import { scenario } from '../../harness/scenario/scenario.ts'

scenario('a stream is created, goes live, ends and is deleted', async ({ expectRule }) => {
  await expectRule('api.create').toHold()
  await expectRule('api.states').toHold()
  await expectRule('api.stop-lock-delete').toHold()
})
