import { nowMs } from '../../measure/clock.ts'
import type { Viewer } from '../../viewers/viewer.ts'
import { skipped } from '../findings.ts'
import type { ProbeContext } from '../probe-context.ts'
import { type Case, findingOf } from '../rtmp-server/cases.ts'
import type { Finding, ProbedRule } from '../rule.ts'
import { CALLER_BACK_MS, CONSENT_BACK_MS } from './limits.ts'
import { type LinkedStage, onLinks } from './on-links.ts'

const FRAMES = 60
const SRT_EXPECTED =
  `≤ ${CALLER_BACK_MS / 1000} s after the NAT in front of an SRT caller forgot it, the same viewer ` +
  `gets ≥ ${FRAMES} frames again`

export const srtRebinding: ProbedRule<ProbeContext> = {
  kind: 'probed',
  id: 'resilience.srt-rebinding',
  level: 'must',
  title: 'An SRT caller whose source port changes comes back, and its viewers stay',
  source: { document: 'draft-sharabayko-srt', clause: '§3.2.2 keep-alive, §4.3 handshake' },
  advice: 'let a caller in again when the one before has sent nothing for about 3 s',
  mutants: [{ kind: 'fault', id: 'keeps-silent-callers' }],
  probe: (context) =>
    onLinks(context, SRT_EXPECTED, async (stage) => {
      const stream = await context.createStream()
      if (stream.ingest.srt === undefined)
        return skipped(SRT_EXPECTED, 'the target tells no SRT address')
      const { link, url } = await stage.link(stream.ingest.srt)
      await context.publish(stream, { protocol: 'srt', url })
      const viewer = stage.view(stream)
      await viewer.frames(FRAMES)
      link.rebind()
      const back = await pictureAgain(stage, viewer, CALLER_BACK_MS)
      return told(findingOf(SRT_EXPECTED, [back]), `the picture was back ${back.seen}`)
    }),
}

const PROFILE = 'obs-32'
const LOSS = 0.02
/** Frames that are watched under loss, once the picture is back. */
const WATCHED = 150
/** One that was lost in spite of all costs the rest of its group: some frames, not most of them. */
const MOST_LOST = 10
const WEBRTC_EXPECTED =
  `≤ ${CONSENT_BACK_MS / 1000} s after the NAT in front of a WebRTC publisher forgot it, the same ` +
  `session goes on; packets lost after that are asked for: under ${LOSS * 100} % loss ≤ ${MOST_LOST} ` +
  `frames are missing while ${WATCHED} come`

export const webrtcRebinding: ProbedRule<ProbeContext> = {
  kind: 'probed',
  id: 'resilience.webrtc-rebinding',
  level: 'must',
  title: 'A WebRTC publisher whose source port changes keeps its session, feedback included',
  source: {
    document: 'RFC 8445, RFC 7675',
    clause: '8445 §7.3.1.3 peer-reflexive candidates, 7675 §5.1 consent every 5 s',
  },
  advice:
    'take a check from an unknown address for a new candidate, and send feedback where authentic media comes from',
  mutants: [
    { kind: 'fault', id: 'one-address' },
    { kind: 'fault', id: 'feedback-to-first-address' },
  ],
  probe: (context) =>
    onLinks(context, WEBRTC_EXPECTED, async (stage) => {
      const stream = await context.createStream()
      if (stream.ingest.whip === undefined)
        return skipped(WEBRTC_EXPECTED, 'the target names no WHIP address')
      const { link, url } = await stage.link(stream.ingest.whip.url)
      const encoder = await context.publish(stream, { profile: PROFILE, url })
      const viewer = stage.view(stream)
      await viewer.frames(FRAMES)
      link.rebind()
      const back = await pictureAgain(stage, viewer, CONSENT_BACK_MS)
      const lossy = { loss: [{ kind: 'bernoulli' as const, p: LOSS }] }
      link.set({ both: lossy })
      const before = viewer.stats.lost
      if (back.ok) await viewer.frames(viewer.stats.frames + WATCHED, { timeoutMs: 20_000 })
      const lost = viewer.stats.lost - before
      const cases: Case[] = [
        back,
        {
          name: 'the session',
          ok: encoder.stats.reconnects === 0,
          seen: `was given up: the publisher had to offer anew ${encoder.stats.reconnects} times`,
        },
        {
          name: `under ${LOSS * 100} % loss afterwards`,
          ok: lost <= MOST_LOST,
          seen: `${lost} frames are missing while ${WATCHED} came`,
        },
      ]
      const actual = `the picture was back ${back.seen}; ${lost} frames lost under loss`
      return told(findingOf(WEBRTC_EXPECTED, cases), actual)
    }),
}

/** What held says more than that it did. */
function told(finding: Finding, actual: string): Finding {
  return finding.result === 'holds' ? { ...finding, actual } : finding
}

async function pictureAgain(stage: LinkedStage, viewer: Viewer, ms: number): Promise<Case> {
  const since = nowMs()
  const name = 'the picture'
  // What was under way still comes; a whole burst of frames does not.
  return viewer
    .frames(viewer.stats.frames + FRAMES, { timeoutMs: ms })
    .then(() => ({ name, ok: true, seen: `after ${((nowMs() - since) / 1000).toFixed(1)} s` }))
    .catch((error: Error) => {
      stage.context.signal.throwIfAborted()
      return { name, ok: false, seen: error.message }
    })
}
