import { scenario } from '../../harness/scenario/scenario.ts'

/**
 * ms until the picture is back, at most: 5 s until a caller gives up a peer that is silent, its
 * pause before it calls again, the time to take over, and a group of pictures.
 */
const AWAY_BUDGET_MS = 15_000

scenario(
  'an SRT encoder behind a NAT that forgets it comes back by itself, and viewers stay',
  { needs: ['reference'], timeoutMs: 60_000 },
  async ({ createStream, encoder, viewer, link }) => {
    const stream = await createStream()
    const uplink = link('lte')
    await encoder('obs-29', { to: stream, url: stream.ingest.srt!, through: uplink })
    const watch = viewer.h5live(stream)
    await watch.frames(60)
    // The same packets from another source port.
    uplink.rebind()
    await watch.frames(watch.stats.frames + 150, { timeoutMs: AWAY_BUDGET_MS })
  },
)
