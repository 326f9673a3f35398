import { scenario } from '../../harness/scenario/scenario.ts'

/** ms that encoder, target and viewer take without any link; what LTE adds comes on top. */
const OWN_BUDGET_MS = 400

scenario(
  'OBS over LTE reaches a viewer over LTE within the delay of both links and 400 ms',
  async ({ createStream, encoder, viewer, link, expectRules, expectLatency }) => {
    const stream = await createStream()
    const uplink = link('lte')
    const downlink = link('lte')
    await encoder('obs-29', { to: stream, through: uplink })
    const watch = await viewer.h5live(stream, { through: downlink })
    await watch.frames(210)
    await expectRules('encoder', 'rtmp.client', 'h5live').toHold()
    const budget = OWN_BUDGET_MS + (uplink.roundTripMs + downlink.roundTripMs) / 2
    expectLatency(watch, `p(95)<${budget}ms`)
  },
)
