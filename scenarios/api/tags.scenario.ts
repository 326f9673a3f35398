import { scenario } from '../../harness/scenario/scenario.ts'

scenario('setting tags replaces them all', async ({ expectRule }) => {
  await expectRule('api.tags').toHold()
})
