import { scenario } from '../../harness/scenario/scenario.ts'

scenario.each([
  'hls.playlist',
  'hls.segments',
  'hls.independent',
  'hls.blocking-reload',
  'hls.part-hold-back',
  'hls.preload-hint',
  'hls.date-time',
  'hls.end',
  'hls.http',
])('a live stream as HLS and LL-HLS: %s', { concurrent: true }, async ({ expectRule }, rule) => {
  await expectRule(rule).toHold()
})
