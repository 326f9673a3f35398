import { scenario } from '../../harness/scenario/scenario.ts'

/** ms that encoder, target and viewer take without any link. */
const OWN_BUDGET_MS = 400

scenario.each(['h5live', 'progressive'])(
  'a %s viewer over LTE sees whole pictures, no later than the link and 400 ms',
  {},
  async ({ createStream, encoder, viewer, link, expectRules, expectLatency }, way) => {
    const stream = await createStream()
    await encoder('obs-29', { to: stream })
    const downlink = link('lte')
    const open = way === 'h5live' ? viewer.h5live : viewer.progressive
    const watch = await open(stream, { through: downlink })
    await watch.frames(150)
    await expectRules(way).toHold()
    expectLatency(watch, `p(95)<${OWN_BUDGET_MS + downlink.roundTripMs / 2}ms`)
  },
)
