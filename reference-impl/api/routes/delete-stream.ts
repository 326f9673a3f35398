import { findStream, showStream } from '../find-stream.ts'
import { defineRoute } from '../route.ts'
import { streamObject } from '../stream-object.ts'

export const deleteStream = defineRoute({
  method: 'DELETE',
  path: '/stream/{id}',
  operation: 'deleteStream',
  summary: 'Deletes a stream: its ingest and viewers end, and it is hidden unless asked for.',
  answer: streamObject.meta({ 'x-guess': true }),
  errors: [404],
  handle(context, input) {
    const stream = findStream(context, input.id)
    if (context.store.apply(stream, 'delete')) context.announce(stream.name, 'delete')
    return showStream(context, stream.id, input)
  },
})
