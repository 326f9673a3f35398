import { scenario } from '../../harness/scenario/scenario.ts'

scenario(
  'OBS over SRT reaches an H5Live viewer within a second',
  { needs: ['reference'] },
  async ({ createStream, encoder, viewer, expectRules, expectLatency }) => {
    const stream = await createStream()
    await encoder('obs-29', { to: stream, url: stream.ingest.srt! })
    const watch = viewer.h5live(stream)
    await watch.frames(240)
    await expectRules('encoder', 'srt.client', 'ts').toHold()
    await expectRules('h5live').toHold()
    expectLatency(watch, 'p(95)<1000ms')
  },
)
