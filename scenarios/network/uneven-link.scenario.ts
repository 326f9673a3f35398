import type { LinkFile } from '../../harness/network/link-spec.ts'
import { scenario } from '../../harness/scenario/scenario.ts'

/** Everything at once that a link does to single packets; without a rate, so that nothing else does. */
const UNEVEN: LinkFile['up'] = {
  delayMs: 20,
  jitter: { kind: 'uniform', ms: 10, reorder: true },
  loss: [{ kind: 'bernoulli', p: 0.02 }],
  reorder: { p: 0.03, byMs: 15 },
  duplicate: { p: 0.03, afterMs: 5 },
  corrupt: { p: 0.02 },
}

/** What holds whatever frames an uplink loses for good. */
const RULES = ['h5live.hello', 'h5live.first-key', 'h5live.sequence', 'h5live.isolation']

// SRT without encryption cannot tell a damaged packet from a good one.
scenario.each(['rtmp', 'whip'])(
  'an encoder over %s gets its picture through a link that loses, damages, repeats and overtakes packets',
  { needs: ['reference'], concurrent: true },
  async ({ createStream, encoder, viewer, link, expectRules }, protocol) => {
    const stream = await createStream()
    const { rtmp, whip } = stream.ingest
    const url = protocol === 'whip' ? whip?.url : rtmp
    if (url === undefined) throw new Error(`the target names no ${protocol} address`)
    const uplink = link({
      schema: 'liveproof/link@1',
      id: 'uneven',
      summary: 'Nothing comes as it was sent.',
      up: UNEVEN,
      down: UNEVEN,
    })
    await encoder(protocol === 'whip' ? 'obs-32' : 'obs-29', { to: stream, url, through: uplink })
    await viewer.h5live(stream).frames(180, { timeoutMs: 30_000 })
    await expectRules(...RULES).toHold()
  },
)
