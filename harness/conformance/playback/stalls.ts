import type { ProbeContext } from '../probe-context.ts'
import type { ProbedRule } from '../rule.ts'
import { fairly } from './fairly.ts'
import { LENIENT, STALLED_SHARE } from './limits.ts'
import { judgeStalls } from './seen-playback.ts'
import { watchFormats } from './watch-formats.ts'

export const stalls: ProbedRule<ProbeContext> = {
  kind: 'probed',
  id: 'playback.stalls',
  level: 'must',
  title: 'On a clean link playback stands still for at most 1 % of the time',
  source: { document: 'facts/nanostream', clause: '2.3; NF' },
  advice: 'send each frame on when it comes: the buffers of live players hold half a second',
  mutants: [{ kind: 'fault', id: 'stutter' }],
  probe: (context) =>
    fairly(
      context,
      (sends) => watchFormats(context, { browser: false, sends }),
      (seen, lenient) => judgeStalls(seen, lenient ? LENIENT.stalledShare : STALLED_SHARE),
    ),
}
