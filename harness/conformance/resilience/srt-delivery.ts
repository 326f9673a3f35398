import type { LinkFile } from '../../network/link-spec.ts'
import { broken, holds, skipped } from '../findings.ts'
import type { ProbeContext } from '../probe-context.ts'
import type { Finding, ProbedRule } from '../rule.ts'
import { DELAY_MS } from './limits.ts'
import { onLinks } from './on-links.ts'

const DRAFT = 'draft-sharabayko-srt'
const FRAMES = 300
/** As many packets as a stream in HD has, so that many are lost twice. */
const PROFILE = 'bitrate-9000'

/**
 * Publishes over SRT through such a link, and judges that every frame arrives.
 * @param spare share of packets that may be lost for good; each of them costs one frame at most
 */
function complete(
  context: ProbeContext,
  expected: string,
  ways: Pick<LinkFile, 'up' | 'down'>,
  spare = 0,
): Promise<Finding> {
  return onLinks(context, expected, async (stage) => {
    const stream = await context.createStream()
    if (stream.ingest.srt === undefined) return skipped(expected, 'the target tells no SRT address')
    const { link, url } = await stage.link(stream.ingest.srt, ways)
    const encoder = await context.publish(stream, { profile: PROFILE, protocol: 'srt', url })
    const viewer = stage.view(stream, { keepBytes: 0 })
    await viewer.frames(FRAMES, { timeoutMs: 30_000 })
    const { up } = link.stats()
    const { lost, restarts, repeated } = viewer.stats
    const hit = `of ${up.offered} packets ${up.offered - up.delivered} were not delivered`
    if (encoder.stats.framesDropped > 0)
      return skipped(expected, 'the encoder itself dropped frames')
    const clean = lost <= spare * up.offered && restarts + repeated === 0
    const actual = `${FRAMES} frames: ${lost} lost, ${repeated} twice, ${restarts} restarts; ${hit}`
    return clean ? holds(expected, actual) : broken(expected, actual)
  })
}

const LOSS = 0.05
/** A packet whose retransmissions are lost as well is too late in the end: chance, not a fault. */
const SPARE = 0.001

export const srtLoss: ProbedRule<ProbeContext> = {
  kind: 'probed',
  id: 'resilience.srt-loss',
  level: 'must',
  title: 'SRT recovers 5 % loss in both directions within its latency: 99.9 % of packets arrive',
  source: { document: DRAFT, clause: '§4.8.2 packet retransmission, §4.5 latency' },
  advice: 'report losses periodically until they are filled or too late',
  mutants: [
    { kind: 'fault', id: 'no-periodic-nak' },
    { kind: 'fault', id: 'forward-only' },
  ],
  probe: (context) => {
    const way = { delayMs: DELAY_MS, loss: [{ kind: 'bernoulli' as const, p: LOSS }] }
    const text = `${LOSS * 100} % loss each way at ${2 * DELAY_MS} ms round trip: ${FRAMES} frames, and no more of them missing than ${SPARE * 100} % of the packets`
    return complete(context, text, { up: way, down: way }, SPARE)
  },
}

export const reordering: ProbedRule<ProbeContext> = {
  kind: 'probed',
  id: 'resilience.reordering',
  level: 'must',
  title: 'Reordering and duplication alone break nothing over SRT',
  source: { document: DRAFT, clause: '§4.5–4.8: delivery by sequence number and time stamp' },
  advice: 'put packets in order by sequence number until they are due, and drop copies',
  mutants: [{ kind: 'fault', id: 'forward-only' }],
  probe: (context) => {
    const way = {
      delayMs: DELAY_MS,
      reorder: { p: 0.05, byMs: 15 },
      duplicate: { p: 0.05, afterMs: 5 },
    }
    const text = `5 % of packets 15 ms late and 5 % twice: ${FRAMES} frames in a row, none missing, none twice`
    return complete(context, text, { up: way, down: way })
  },
}
