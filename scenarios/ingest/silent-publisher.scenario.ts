import { scenario } from '../../harness/scenario/scenario.ts'

scenario(
  'an encoder that fell silent gives way to the one that comes back',
  async ({ expectRule }) => {
    await expectRule('rtmp.server.takeover').toHold()
  },
)
