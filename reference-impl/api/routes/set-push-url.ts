import { findStream, showStream } from '../find-stream.ts'
import { pushUrlBody } from '../parameters.ts'
import { defineRoute } from '../route.ts'
import { streamObject } from '../stream-object.ts'

export const setPushUrl = defineRoute({
  method: 'PUT',
  path: '/stream/{id}/push_url',
  operation: 'setPushUrl',
  summary: 'Stores where the stream is pushed on to while it is live.',
  body: pushUrlBody,
  answer: streamObject,
  errors: [400, 404],
  handle(context, input) {
    const stream = findStream(context, input.id)
    context.store.setPushUrl(stream, input.body.url)
    context.push?.changed(stream.name, input.body.url)
    return showStream(context, stream.id, input)
  },
})
