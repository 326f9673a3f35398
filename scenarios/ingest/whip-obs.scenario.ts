import { setTimeout as delay } from 'node:timers/promises'
import { scenario } from '../../harness/scenario/scenario.ts'

scenario(
  'OBS over WHIP reaches an H5Live viewer; it sends no key frame when one is asked for',
  { needs: ['reference'] },
  async ({ createStream, encoder, viewer, expectRules, signal }) => {
    const stream = await createStream()
    const obs = await encoder('obs-32', { to: stream, url: stream.ingest.whip!.url })
    const watch = viewer.h5live(stream)
    await watch.frames(150)
    await delay(1_000, undefined, { signal })
    await obs.stop()
    await expectRules('h5live').toHold()
    await expectRules('whip.client').toBreakExactly(['whip.client.keyframes'])
  },
)
