import { findStream, showStream, transcodesOf } from '../find-stream.ts'
import { defineRoute } from '../route.ts'
import { streamObject } from '../stream-object.ts'

export const deleteStream = defineRoute({
  method: 'DELETE',
  path: '/stream/{id}',
  operation: 'deleteStream',
  summary: 'Deletes a stream: its ingest and viewers end, and it is hidden unless asked for.',
  answerGuess: 'That the stream is the answer.',
  answer: streamObject,
  errors: [404],
  handle(context, input) {
    const stream = findStream(context, input.id)
    for (const one of [stream, ...transcodesOf(context, stream)])
      if (context.store.apply(one, 'delete')) context.announce(one.name, 'delete')
    return showStream(context, stream.id, input)
  },
})
