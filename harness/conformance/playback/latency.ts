import type { ProbeContext } from '../probe-context.ts'
import type { ProbedRule } from '../rule.ts'
import { fairly } from './fairly.ts'
import { LENIENT } from './limits.ts'
import { judgeLatency } from './seen-playback.ts'
import { watchFormats } from './watch-formats.ts'

export const latency: ProbedRule<ProbeContext> = {
  kind: 'probed',
  id: 'playback.latency',
  level: 'must',
  title: 'Glass to glass: H5Live within 1 s, LL-HLS within 3 s, HLS within 10 s',
  source: { document: 'product page', clause: 'around one second; NF' },
  advice: 'look at what is queued between ingest and viewer, and how far back players start',
  mutants: [{ kind: 'fault', id: 'add-2s' }],
  probe: (context) =>
    fairly(
      context,
      (sends) => watchFormats(context, { browser: true, sends }),
      (seen, lenient) => judgeLatency(seen, lenient ? LENIENT.lateMs : 0),
    ),
}
