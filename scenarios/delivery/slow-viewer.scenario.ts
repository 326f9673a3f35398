import { scenario } from '../../harness/scenario/scenario.ts'

scenario('a viewer who stops reading is moved on, and harms nobody', async ({ expectRule }) => {
  await expectRule('h5live.slow-viewer').toHold()
})
