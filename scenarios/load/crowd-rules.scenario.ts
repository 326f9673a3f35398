import { scenario } from '../../harness/scenario/scenario.ts'

scenario(
  'a small crowd gets every frame, nobody waits longer than the others, and a storm passes',
  { timeoutMs: 90_000 },
  async ({ expectRule }) => {
    await expectRule('load.capacity').toHold()
    await expectRule('load.fair').toHold()
    await expectRule('load.recovery').toHold()
  },
)
