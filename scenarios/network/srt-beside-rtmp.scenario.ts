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
/** ms old, at most, that frames are when a path has recovered, and how long that may take. */
const RECOVERED_MS = 500
const RECOVERY_BUDGET_MS = 15_000

scenario(
  'over 5 % loss SRT brings 99.9 % of its packets in time, while RTMP over the same loss and seed falls behind until it ends',
  { needs: ['reference'], timeoutMs: 90_000 },
  async ({ createStream, encoder, viewer, link, expectLatency }) => {
    const lossy = link({
      schema: 'liveproof/link@1',
      id: 'five-percent',
      summary: 'Loses one packet in twenty, each way.',
      up: { delayMs: 20, loss: LOSS },
      down: { delayMs: 20, loss: LOSS },
    })
    const [srtStream, rtmpStream] = [await createStream(), await createStream()]
    await encoder(PROFILE, { to: srtStream, url: srtStream.ingest.srt!, through: lossy })
    const srt = viewer.h5live(srtStream)
    await encoder(PROFILE, { to: rtmpStream, through: lossy })
    const rtmp = viewer.h5live(rtmpStream)
    await srt.frames(240)
    const behind = rtmp.latency.percentile(95)
    // A packet whose retransmissions are lost as well is too late in the end: one frame at most.
    const packets = lossy.open.find(({ protocol }) => protocol === 'udp')!.stats().up.offered
    expect(srt.stats.lost).toBeLessThanOrEqual(SPARE * packets)
    expectLatency(srt, `p(95)<${SRT_BUDGET_MS}ms`)
    expect(behind).toBeGreaterThan(2 * srt.latency.percentile(95))
    lossy.set({ both: { loss: [] } })
    await rtmp.until(() => (ageOfLatest(rtmp) <= RECOVERED_MS ? true : undefined), {
      timeoutMs: RECOVERY_BUDGET_MS,
    })
  },
)
