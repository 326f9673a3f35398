import { scenario } from '../../harness/scenario/scenario.ts'

scenario('every mistake of a caller gets a documented error', async ({ expectRule }) => {
  await expectRule('api.errors').toHold()
})
