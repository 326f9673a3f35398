import { alreadyDone } from '../../live/stream-states.ts'
import { transitionRefused } from '../api-error.ts'
import { findStream, showStream, transcodesOf } from '../find-stream.ts'
import { defineRoute, type Route } from '../route.ts'
import { streamObject } from '../stream-object.ts'

function commandRoute(command: 'stop' | 'lock' | 'unlock', summary: string, guess?: string): Route {
  return defineRoute({
    method: 'PUT',
    path: `/stream/{id}/${command}`,
    operation: `${command}Stream`,
    summary,
    ...(guess === undefined ? {} : { guess }),
    answer: streamObject,
    errors: [404, 409],
    handle(context, input) {
      const stream = findStream(context, input.id)
      if (context.store.apply(stream, command)) {
        if (command !== 'unlock') context.announce(stream.name, command)
        for (const member of transcodesOf(context, stream)) {
          if (context.store.apply(member, command) && command !== 'unlock')
            context.announce(member.name, command)
        }
      } else if (!alreadyDone(stream.state, command)) {
        throw transitionRefused(stream.state, command)
      }
      return showStream(context, stream.id, input)
    },
  })
}

export const stopStream = commandRoute('stop', 'Ends the ingest of a live stream.')

export const lockStream = commandRoute(
  'lock',
  'Stop & Lock: ends the ingest of a live stream and refuses ingest and playback from then on.',
  'Path; status 409 where the state does not allow it.',
)

export const unlockStream = commandRoute(
  'unlock',
  'Lets a locked stream be published again.',
  'Path; status 409 where the state does not allow it.',
)
