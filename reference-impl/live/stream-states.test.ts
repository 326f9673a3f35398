import { expect, test } from 'vitest'
import type { StreamEvent } from './stream-directory.ts'
import { alreadyDone, nextState, STREAM_STATES } from './stream-states.ts'

const EVENTS: StreamEvent[] = ['publish', 'unpublish', 'stop', 'lock', 'unlock', 'delete']

test('exactly these transitions are legal', () => {
  const legal = STREAM_STATES.flatMap((state) =>
    EVENTS.flatMap((event) => {
      const next = nextState(state, event)
      return next ? [`${state} -${event}-> ${next}`] : []
    }),
  )
  expect(legal).toEqual([
    'created -publish-> live',
    'created -delete-> deleted',
    'live -unpublish-> ended',
    'live -stop-> ended',
    'live -lock-> locked',
    'live -delete-> deleted',
    'ended -publish-> live',
    'ended -delete-> deleted',
    'locked -unlock-> ended',
    'locked -delete-> deleted',
  ])
})

test('a command that is repeated finds its work done', () => {
  for (const command of ['stop', 'lock', 'unlock'] as const) {
    const from = STREAM_STATES.find((state) => nextState(state, command) !== undefined)!
    expect(alreadyDone(from, command)).toBe(false)
    expect(alreadyDone(nextState(from, command)!, command)).toBe(true)
    expect(alreadyDone('created', command)).toBe(false)
  }
})
