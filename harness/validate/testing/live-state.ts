import { madeSession } from '../../conformance/testing/ingest-session.ts'
import { figuresOf } from '../figures.ts'
import type { LiveState } from '../live-state.ts'
import { liveVerdicts } from '../validation.ts'

/** A view's state of a session that goes on, whose key-frame interval is so long, s. */
export function liveState(change: Partial<LiveState> = {}, gop = 2): LiveState {
  const session = madeSession({ seconds: 12, gop, record: { closedAt: null, closeReason: null } })
  const evidence = { sessions: [session] }
  return {
    protocol: 'rtmp',
    phase: 'watching',
    addresses: [{ host: '127.0.0.1', fields: [{ label: 'Server (URL)', value: 'rtmp://…/live' }] }],
    link: null,
    secondsLeft: 48,
    durationS: 60,
    device: 'OBS Studio 29.0.2',
    figures: figuresOf(evidence, session.openedAt + 12_000),
    verdicts: liveVerdicts('rtmp', evidence),
    reactions: [],
    hint: null,
    course: [{ at: 12, videoKbps: 250, frameRate: 30, delayMs: 2, lost: null }],
    verdict: null,
    ...change,
  }
}
