import { expect } from 'vitest'
import { scenario } from '../../harness/scenario/scenario.ts'
import { ageOfLatest } from '../../harness/viewers/latest-age.ts'

/** Packets of the size and number of a contribution in HD. */
const PROFILE = 'bitrate-9000'
const LOSS = [{ kind: 'bernoulli' as const, p: 0.05 }]
/** ms: half of the link's round trip, the latency that SRT agrees on, and what all else takes. */
const SRT_BUDGET_MS = 20 + 200 + 400
/** Share of packets that may be lost for good. */
const SPARE = 0.001
/** Frames whose latency is known of the clean link, so that the report knows what was usual. */
const BEFORE = 15
/** ms old, at most, that frames are when a path has recovered, and how long that may take. */
const RECOVERED_MS = 150
const RECOVERY_BUDGET_MS = 15_000
/** Frames that are watched then, so that the report can tell that it stays so. */
const AFTERWARDS = 15

scenario(
  'over 5 % loss SRT brings 99.9 % of its packets in time, while RTMP over the same loss and seed falls behind until it ends',
  { needs: ['reference'], timeoutMs: 90_000 },
  async ({ createStream, encoder, viewer, link, expectLatency }) => {
    const uplink = link({
      schema: 'liveproof/link@1',
      id: 'lossy-for-a-while',
      summary: 'Clean, until a scenario lets it lose packets.',
      up: { delayMs: 20 },
      down: { delayMs: 20 },
    })
    const [srtStream, rtmpStream] = [await createStream(), await createStream()]
    await Promise.all([
      encoder(PROFILE, { to: srtStream, url: srtStream.ingest.srt!, through: uplink }),
      encoder(PROFILE, { to: rtmpStream, through: uplink }),
    ])
    const srt = viewer.h5live(srtStream)
    const rtmp = viewer.h5live(rtmpStream)
    await Promise.all(
      [srt, rtmp].map((watch) => watch.until(() => watch.latency.count >= BEFORE || undefined)),
    )
    const udp = uplink.open.find(({ protocol }) => protocol === 'udp')!
    const clean = udp.stats().up.offered
    uplink.set({ both: { loss: LOSS } })
    await srt.frames(srt.stats.frames + 240)
    const behind = rtmp.latency.percentile(95)
    // A packet whose retransmissions are lost as well is too late in the end: one frame at most.
    const packets = udp.stats().up.offered - clean
    expect(srt.stats.lost).toBeLessThanOrEqual(SPARE * packets)
    // Up to 60 frames of the clean link are among these: the p96 of all is the p95 of the lossy ones.
    expectLatency(srt, `p(96)<${SRT_BUDGET_MS}ms`)
    expect(behind).toBeGreaterThan(2 * srt.latency.percentile(95))
    uplink.set({ both: { loss: [] } })
    await rtmp.until(() => (ageOfLatest(rtmp) <= RECOVERED_MS ? true : undefined), {
      timeoutMs: RECOVERY_BUDGET_MS,
    })
    await rtmp.frames(rtmp.stats.frames + AFTERWARDS)
  },
)
