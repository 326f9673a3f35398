import { findStream, showStream } from '../find-stream.ts'
import { defineRoute } from '../route.ts'
import { streamObject } from '../stream-object.ts'

export const getStream = defineRoute({
  method: 'GET',
  path: '/stream/{id}',
  operation: 'getStream',
  summary: 'Shows one stream. Without a key the ingest address and the push URL are left out.',
  public: true,
  answer: streamObject,
  errors: [404],
  handle(context, input) {
    const { id } = findStream(context, input.id)
    return context.seams.get(showStream(context, id, input))
  },
})
