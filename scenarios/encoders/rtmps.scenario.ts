import { setTimeout as delay } from 'node:timers/promises'
import { scenario } from '../../harness/scenario/scenario.ts'

scenario(
  'an encoder publishes over RTMPS, and its certificate is checked',
  { needs: ['reference'] },
  async ({ target, createStream, encoder, expectRules, signal }) => {
    const stream = await createStream()
    const { url, ca } = target.reference!.rtmps
    const obs = await encoder('obs-29', { to: stream, url, ca })
    await delay(5_000, undefined, { signal })
    await obs.stop()
    await expectRules('encoder', 'rtmp.client').toHold()
  },
)
