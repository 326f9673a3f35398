import { openH5LiveViewer } from '../../viewers/h5live-viewer.ts'
import type { ViewerRecord } from '../../viewers/viewer-record.ts'
import type { ProbeContext } from '../probe-context.ts'
import type { Evidence, Finding, ProbedRule } from '../rule.ts'
import { END_BUDGET_MS } from './probe-limits.ts'
import { readRefusal, refusalBudget } from './refusal.ts'
import { readMessage } from './texts.ts'

/** Numbers of the vendor's player: source stopped; requested source stopped. */
const ENDED_CODES = [2004, 4005]
/** WebSocket closes that say that all is well (RFC 6455 §7.4.1). */
const GOOD_CLOSES = [1000, 1001]

export const end: ProbedRule<ProbeContext> = {
  kind: 'probed',
  id: 'h5live.end',
  level: 'must',
  title:
    'The end of a stream is told in text and by a clean close; a stream that is not live is refused in time',
  source: { document: 'facts/nanostream', clause: '2.4, 2.6' },
  advice:
    'send a status message, then a close frame; answer requests for streams that are not live',
  mutants: [
    { kind: 'fault', id: 'silent-end' },
    { kind: 'fault', id: 'hangs' },
  ],
  probe: async (context) => {
    const faults: Evidence[] = []
    const ended = await watchTheEnd(context, faults)
    const refused = await askForNothing(context, faults)
    const expected = `text and close ≤ ${END_BUDGET_MS} ms after the encoder stopped; not live: refused ≤ ${refusalBudget(context)} ms`
    const actual = `${ended}; not live: ${refused}`
    const result: Finding['result'] = faults.length === 0 ? 'holds' : 'broken'
    return { result, expected, actual, evidence: faults }
  },
}

async function watchTheEnd(context: ProbeContext, faults: Evidence[]): Promise<string> {
  const stream = await context.createStream()
  const encoder = await context.publish(stream)
  const viewer = openH5LiveViewer(stream.playout.h5live, { signal: context.signal })
  try {
    await viewer.frames(10)
    const { stages, openedAt } = viewer.record
    if (stages.init === null) faults.push({ note: `no init segment since ${openedAt}` })
    await encoder.stop()
    const from = viewer.record.events.at(-1)?.at ?? 0
    const close = await viewer
      .until((record) => record.close ?? undefined, { timeoutMs: END_BUDGET_MS })
      .catch(() => null)
    const told = tellsTheEnd(viewer.record)
    if (!told)
      faults.push({ note: 'no text message after the last fragment tells the end', at: from })
    if (!close) faults.push({ note: `not closed ${END_BUDGET_MS} ms after the encoder stopped` })
    else if (!close.clean || !GOOD_CLOSES.includes(close.code ?? 0)) {
      faults.push({
        note: `closed by ${close.by} with ${close.code} ${close.reason}`,
        at: close.at,
      })
    }
    return `${told ? 'told' : 'not told'}, ${close ? `closed with ${close.code}` : 'not closed'}`
  } finally {
    await viewer.close()
  }
}

function tellsTheEnd({ events }: ViewerRecord): boolean {
  const last = events.findLastIndex((event) => event.type === 'fragment')
  return events.slice(last + 1).some((event) => {
    const data = event.type === 'text' ? readMessage(event)?.data : undefined
    return data?.['status'] === 'ended' || ENDED_CODES.includes(Number(data?.['code']))
  })
}

async function askForNothing(context: ProbeContext, faults: Evidence[]): Promise<string> {
  const stream = await context.createStream()
  const refusal = await readRefusal(context, stream.playout.h5live)
  if (refusal.fault) faults.push({ note: `not live: ${refusal.fault}` })
  else if (refusal.code !== null && refusal.code !== 2001) {
    faults.push({ note: `not live: answered with ${refusal.code}, not 2001` })
  }
  return refusal.story
}
