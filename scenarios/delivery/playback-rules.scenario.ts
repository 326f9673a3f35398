import { scenario } from '../../harness/scenario/scenario.ts'

scenario.each(['playback.startup', 'playback.stalls', 'playback.av-sync', 'playback.catch-up'])(
  'what a viewer gets of a live stream: %s',
  { concurrent: true },
  async ({ expectRule }, rule) => {
    await expectRule(rule).toHold()
  },
)

scenario(
  'on a link that falls the viewer steps down before it stalls, and up again',
  async ({ expectRule }) => {
    await expectRule('playback.abr').toHold()
  },
)

scenario(
  'glass to glass: H5Live within a second, in Chromium too, LL-HLS within three',
  { needs: ['chromium'], timeoutMs: 90_000 },
  async ({ expectRule }) => {
    await expectRule('playback.latency').toHold()
  },
)
