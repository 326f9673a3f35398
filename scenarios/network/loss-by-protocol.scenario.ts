import { scenario } from '../../harness/scenario/scenario.ts'

/** The same link and seed for every protocol, so that the report can put them side by side. */
scenario.each(['rtmp', 'rtmps', 'srt', 'whip'])(
  'an encoder over %s gets ten seconds of picture through an uplink that loses 3 %',
  { needs: ['reference'], concurrent: true },
  async ({ target, createStream, encoder, viewer, link }, protocol) => {
    const stream = await createStream()
    const uplink = link({
      schema: 'liveproof/link@1',
      id: 'lossy',
      summary: 'Loses 3 % of all packets, one by one.',
      up: { delayMs: 20, rateKbps: 8_000, loss: [{ kind: 'bernoulli', p: 0.03 }] },
      down: { delayMs: 20, loss: [{ kind: 'bernoulli', p: 0.03 }] },
    })
    const { rtmp, srt, whip } = stream.ingest
    const { url: rtmps, ca } = target.reference!.rtmps
    const url = { rtmp, rtmps, srt, whip: whip?.url }[protocol]
    if (url === undefined) throw new Error(`the target names no ${protocol} address`)
    await encoder(protocol === 'whip' ? 'obs-32' : 'obs-29', {
      to: stream,
      url,
      through: uplink,
      ...(protocol === 'rtmps' ? { ca } : {}),
    })
    const watch = viewer.h5live(stream)
    await watch.frames(300, { timeoutMs: 30_000 })
  },
)
