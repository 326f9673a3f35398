import { openH5LiveViewer } from '../../viewers/h5live-viewer.ts'
import { openProgressiveViewer } from '../../viewers/progressive-viewer.ts'
import type { Viewer } from '../../viewers/viewer.ts'
import type { ViewerRecord } from '../../viewers/viewer-record.ts'
import { readByOracles } from '../h5live/oracles.ts'
import { END_BUDGET_MS } from '../h5live/probe-limits.ts'
import type { ProbeContext } from '../probe-context.ts'
import type { Evidence, ProbedRule } from '../rule.ts'

const FRAMES = 90
/** Fragments that both viewers must have seen for a comparison to mean something. */
const LEAST_COMMON = 30

export const valid: ProbedRule<ProbeContext> = {
  kind: 'probed',
  id: 'progressive.valid',
  level: 'must',
  title: 'Progressive MP4 is video/mp4, chunked, has the bytes of H5Live, and ends with the stream',
  source: { document: 'facts/nanostream', clause: '2.1, 2.2' },
  advice: 'serve the packager’s bytes as they are, and finish the response when the stream ends',
  mutants: [{ kind: 'fault', id: 'no-content-type' }],
  probe: async (context) => {
    const stream = await context.createStream()
    const encoder = await context.publish(stream)
    const { signal } = context
    const options = { signal, keepBytes: 64 * 2 ** 20 }
    const socket = openH5LiveViewer(stream.playout.h5live, options)
    const http = openProgressiveViewer(stream.playout.progressive, options)
    try {
      const evidence: Evidence[] = []
      await Promise.all([socket.frames(FRAMES), http.frames(FRAMES)])
      await encoder.stop()
      await checkEnd(http, evidence)
      checkHeaders(http.record, evidence)
      const common = compareBytes(socket.record, http.record, evidence)
      for (const { parser, error } of await readByOracles(http.record)) {
        if (error !== null) evidence.push({ note: `${parser}: ${error}` })
      }
      return {
        result: evidence.length === 0 ? 'holds' : 'broken',
        expected: `200, video/mp4, chunked, the bytes of H5Live, end ≤ ${END_BUDGET_MS} ms after the stream's`,
        actual: `${http.record.http?.status}, ${http.record.http?.headers['content-type'] ?? 'no content type'}, ${common} fragments compared, ${evidence.length} faults`,
        evidence,
      }
    } finally {
      await Promise.all([socket.close(), http.close(), encoder.stop()])
    }
  },
}

async function checkEnd(http: Viewer, evidence: Evidence[]): Promise<void> {
  const close = await http
    .until((record) => record.close ?? undefined, { timeoutMs: END_BUDGET_MS })
    .catch(() => null)
  if (!close) evidence.push({ note: `still open ${END_BUDGET_MS} ms after the stream ended` })
  else if (!close.clean)
    evidence.push({ note: `not ended as HTTP says: ${close.reason}`, at: close.at })
}

function checkHeaders({ http }: ViewerRecord, evidence: Evidence[]): void {
  const type = http?.headers['content-type']?.split(';')[0]?.trim().toLowerCase()
  if (type !== 'video/mp4') evidence.push({ note: `Content-Type: ${type ?? 'none'}` })
  const encoding = http?.headers['transfer-encoding']
  if (encoding?.toLowerCase() !== 'chunked') {
    evidence.push({ note: `Transfer-Encoding: ${encoding ?? 'none'}` })
  }
}

/** Fragments are matched by the frame in them; returns how many were compared. */
function compareBytes(socket: ViewerRecord, http: ViewerRecord, evidence: Evidence[]): number {
  const [init, other] = [socket, http].map((record) =>
    record.events.find((event) => event.type === 'init'),
  )
  if (!init || !other || !Buffer.from(init.bytes).equals(other.bytes)) {
    evidence.push({ note: 'the init segments differ' })
  }
  const fragments = byFrame(socket)
  let common = 0
  for (const [frame, bytes] of byFrame(http)) {
    const same = fragments.get(frame)
    if (!same) continue
    common++
    if (!Buffer.from(same).equals(bytes) && evidence.length < 10) {
      evidence.push({ note: `${same.length} and ${bytes.length} bytes that differ`, frame })
    }
  }
  if (common < LEAST_COMMON) evidence.push({ note: `only ${common} frames reached both viewers` })
  return common
}

function byFrame({ events }: ViewerRecord): Map<number, Uint8Array> {
  const fragments = new Map<number, Uint8Array>()
  for (const event of events) {
    if (event.type !== 'fragment' || !event.bytes) continue
    for (const { samples } of event.tracks) {
      const stamp = samples.find((sample) => sample.stamp)?.stamp
      if (stamp) fragments.set(stamp.frame, event.bytes)
    }
  }
  return fragments
}
