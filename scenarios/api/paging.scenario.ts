import { scenario } from '../../harness/scenario/scenario.ts'

scenario(
  'pages show every stream once while others are created',
  { concurrent: true },
  async ({ expectRule }) => {
    await expectRule('api.paging').toHold()
  },
)
