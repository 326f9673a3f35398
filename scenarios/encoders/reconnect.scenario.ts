import { setTimeout as delay } from 'node:timers/promises'
import { scenario } from '../../harness/scenario/scenario.ts'

scenario(
  'OBS comes back after a lost connection, and the rules see one drop and one retry',
  { needs: ['reference'] },
  async ({ createStream, encoder, expectRules, signal }) => {
    const stream = await createStream()
    const obs = await encoder('obs-29', { to: stream })
    await delay(2_000, undefined, { signal })
    const back = new Promise<void>((resolve) => obs.onReconnect(resolve))
    obs.drop()
    await back
    await delay(2_000, undefined, { signal })
    await obs.stop()
    await expectRules('rtmp.client', 'encoder.first-frame-key').toHold()
  },
)
