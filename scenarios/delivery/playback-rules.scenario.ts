import { scenario } from '../../harness/scenario/scenario.ts'

scenario.each([
  'playback.startup',
  'playback.stalls',
  'playback.av-sync',
  'playback.catch-up',
  'playback.abr',
])(
  'what a viewer gets of a live stream: %s',
  { concurrent: true },
  async ({ expectRule }, rule) => {
    await expectRule(rule).toHold()
  },
)

scenario(
  'glass to glass: H5Live within a second, in Chromium too, LL-HLS within three',
  { needs: ['chromium'], timeoutMs: 90_000 },
  async ({ expectRule }) => {
    await expectRule('playback.latency').toHold()
  },
)
