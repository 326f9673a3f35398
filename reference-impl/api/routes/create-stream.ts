import { notEnabled, streamTypeNotAvailable } from '../api-error.ts'
import { showStream } from '../find-stream.ts'
import { createBody } from '../parameters.ts'
import { defineRoute } from '../route.ts'
import { streamObject } from '../stream-object.ts'

export const createStream = defineRoute({
  method: 'POST',
  path: '/stream',
  operation: 'createStream',
  summary: 'Creates a stream. An empty body is accepted.',
  body: createBody,
  answer: streamObject,
  errors: [400],
  handle(context, input) {
    const { type = 'low-latency', tags = [], transcodes = [], processing = [] } = input.body
    if (type !== 'low-latency') throw streamTypeNotAvailable(type)
    if (transcodes.length > 0) throw notEnabled('Transcoding')
    if (processing.length > 0) throw notEnabled('Live processing')
    return showStream(context, context.store.create(tags).id, input)
  },
})
