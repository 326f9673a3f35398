import { scenario } from '../../harness/scenario/scenario.ts'

scenario(
  'sessions that get nowhere are ended in time',
  { timeoutMs: 60_000, concurrent: true },
  async ({ expectRule }) => {
    await expectRule('rtmp.server.deadlines').toHold()
  },
)
