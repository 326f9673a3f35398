import { broken, holds, skipped } from '../findings.ts'
import type { ProbeContext } from '../probe-context.ts'
import type { ProbedRule } from '../rule.ts'
import { DELAY_MS } from './limits.ts'
import { onLinks } from './on-links.ts'

const PROFILE = 'obs-32'
const FRAMES = 150
/** More than lies between two frames, so that packets of one track overtake each other. */
const LATE_BY_MS = 60
const EXPECTED = `5 % of packets ${LATE_BY_MS} ms late and 5 % twice: ${FRAMES} frames in a row, none missing, none twice`

export const webrtcReordering: ProbedRule<ProbeContext> = {
  kind: 'probed',
  id: 'resilience.webrtc-reordering',
  level: 'must',
  title: 'Reordering and duplication alone break nothing over WebRTC',
  source: {
    document: 'RFC 3550, RFC 3711',
    clause: '3550 §5.1 sequence number, 3711 §3.3.2 replay',
  },
  advice: 'wait for a packet that is missing before the picture is given up, and drop copies',
  mutants: [{ kind: 'fault', id: 'impatient' }],
  probe: (context) =>
    onLinks(context, EXPECTED, async (stage) => {
      const stream = await context.createStream()
      if (stream.ingest.whip === undefined)
        return skipped(EXPECTED, 'the target names no WHIP address')
      const up = {
        delayMs: DELAY_MS,
        reorder: { p: 0.05, byMs: LATE_BY_MS },
        duplicate: { p: 0.05, afterMs: 5 },
      }
      const { link, url } = await stage.link(stream.ingest.whip.url, { up })
      const encoder = await context.publish(stream, { profile: PROFILE, url })
      const viewer = stage.view(stream, { keepBytes: 0 })
      await viewer.frames(FRAMES, { timeoutMs: 12_000 })
      const { lost, repeated, restarts } = viewer.stats
      if (encoder.stats.framesDropped > 0)
        return skipped(EXPECTED, 'the encoder itself dropped frames')
      const clean = lost + repeated + restarts === 0
      const media = link.open.find(({ protocol }) => protocol === 'udp')
      const { reordered = 0, duplicated = 0 } = media?.stats().up ?? {}
      const actual = `${FRAMES} frames: ${lost} lost, ${repeated} twice, ${restarts} restarts; ${reordered} packets were late and ${duplicated} twice`
      return clean ? holds(EXPECTED, actual) : broken(EXPECTED, actual)
    }),
}
