import { findStream, showStream } from '../find-stream.ts'
import { defineRoute } from '../route.ts'
import { streamObject } from '../stream-object.ts'

export const getGroup = defineRoute({
  method: 'GET',
  path: '/stream/{id}/group',
  operation: 'getGroup',
  summary: 'Shows the group of a stream: its passthrough stream, with every bitrate as playout.',
  guess: 'Shape of the answer.',
  public: true,
  answer: streamObject,
  errors: [404],
  handle(context, input) {
    const { groupId } = findStream(context, input.id)
    return showStream(context, findStream(context, groupId).id, input)
  },
})
