import { findStream, showStream } from '../find-stream.ts'
import { tagsBody } from '../parameters.ts'
import { defineRoute } from '../route.ts'
import { streamObject } from '../stream-object.ts'

export const setTags = defineRoute({
  method: 'PUT',
  path: '/stream/{id}/tag',
  operation: 'setTags',
  summary: 'Replaces all tags of a stream.',
  body: tagsBody,
  answer: streamObject,
  errors: [400, 404],
  handle(context, input) {
    const stream = findStream(context, input.id)
    context.store.setTags(stream, context.seams.tags(stream.tags, input.body.tags))
    return showStream(context, stream.id, input)
  },
})
