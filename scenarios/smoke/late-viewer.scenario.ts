import { scenario } from '../../harness/scenario/scenario.ts'

scenario('a viewer who comes late has a picture at once', async ({ expectRule }) => {
  await expectRule('h5live.join').toHold()
})
