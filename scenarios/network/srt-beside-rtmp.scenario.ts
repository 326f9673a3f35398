import { expect } from 'vitest'
import { scenario } from '../../harness/scenario/scenario.ts'
import type { Viewer } from '../../harness/viewers/viewer.ts'

/** Packets of the size and number of a contribution in HD. */
const PROFILE = 'bitrate-9000'
const LOSS = [{ kind: 'bernoulli' as const, p: 0.05 }]
/** ms: half of the link's round trip, the latency that SRT agrees on, and what all else takes. */
const SRT_BUDGET_MS = 20 + 200 + 400
/** ms old, at most, that frames are when a path has recovered, and how long that may take. */
const RECOVERED_MS = 500
const RECOVERY_BUDGET_MS = 15_000

scenario(
  'over 5 % loss SRT loses no frame, while RTMP over the same loss and seed falls behind until it ends',
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
    expect(srt.stats.lost).toBe(0)
    expectLatency(srt, `p(95)<${SRT_BUDGET_MS}ms`)
    expect(behind).toBeGreaterThan(2 * srt.latency.percentile(95))
    lossy.set({ both: { loss: [] } })
    await rtmp.until(() => (ageOfLatest(rtmp) <= RECOVERED_MS ? true : undefined), {
      timeoutMs: RECOVERY_BUDGET_MS,
    })
  },
)

/** ms between the composition of the latest frame and its arrival; Infinity before the first. */
function ageOfLatest({ record }: Viewer): number {
  const latest = record.events.at(-1)
  if (latest?.type !== 'fragment') return Number.POSITIVE_INFINITY
  const stamp = latest.tracks.flatMap(({ samples }) => samples).findLast((it) => it.stamp)?.stamp
  if (!stamp) return Number.POSITIVE_INFINITY
  return record.openedAt + latest.at - stamp.timeUs / 1000
}
