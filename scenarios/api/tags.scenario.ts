import { scenario } from '../../harness/scenario/scenario.ts'

scenario('setting tags replaces them all', { concurrent: true }, async ({ expectRule }) => {
  await expectRule('api.tags').toHold()
})
