import type { StreamEvent, StreamState } from './stream-directory.ts'

/**
 * The one table of legal transitions, shared by the API, ingest and delivery.
 * What is not in it is refused. `docs/decisions/stream-states.md` says why it looks like this.
 */
const transitions: Readonly<
  Record<StreamState, Readonly<Partial<Record<StreamEvent, StreamState>>>>
> = {
  created: { publish: 'live', delete: 'deleted' },
  live: { unpublish: 'ended', stop: 'ended', lock: 'locked', delete: 'deleted' },
  ended: { publish: 'live', delete: 'deleted' },
  locked: { unlock: 'ended', delete: 'deleted' },
  deleted: {},
}

export const STREAM_STATES = ['created', 'live', 'ended', 'locked', 'deleted'] as const

/** The state that `event` leads to, or undefined where it is not legal. */
export function nextState(state: StreamState, event: StreamEvent): StreamState | undefined {
  return transitions[state][event]
}

/** Where a request leads when it can be made at all: repeating it there changes nothing. */
const settled: Readonly<Record<'stop' | 'lock' | 'unlock', StreamState>> = {
  stop: 'ended',
  lock: 'locked',
  unlock: 'ended',
}

/** True when a repeated request finds its work already done, so that a retry is harmless. */
export function alreadyDone(state: StreamState, event: 'stop' | 'lock' | 'unlock'): boolean {
  return settled[event] === state
}
