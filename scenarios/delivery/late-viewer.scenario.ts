import { scenario } from '../../harness/scenario/scenario.ts'

scenario(
  'a viewer who joins anywhere in a group of pictures sees one at once',
  async ({ expectRule }) => {
    await expectRule('h5live.join').toHold()
  },
)
