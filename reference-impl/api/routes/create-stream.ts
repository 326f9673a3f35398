import { notEnabled, streamTypeNotAvailable, wrongType } from '../api-error.ts'
import { findStream, showStream } from '../find-stream.ts'
import { MAX_GROUP_MEMBERS } from '../limits.ts'
import { createBody } from '../parameters.ts'
import { type ApiContext, defineRoute } from '../route.ts'
import type { StoredStream } from '../store.ts'
import { streamObject } from '../stream-object.ts'

export const createStream = defineRoute({
  method: 'POST',
  path: '/stream',
  operation: 'createStream',
  summary: 'Creates a stream. An empty body is accepted.',
  body: createBody,
  answer: streamObject,
  errors: [400, 404],
  handle(context, input) {
    const { type = 'low-latency', tags = [], transcodes = [], processing = [] } = input.body
    const { group } = input.body
    if (type !== 'low-latency') throw streamTypeNotAvailable(type)
    if (transcodes.length > 0 && !context.transcoding) throw notEnabled('Transcoding')
    if (processing.length > 0) throw notEnabled('Live processing')
    const head = group === undefined ? undefined : groupOf(context, group, transcodes.length)
    const wanted = transcodes.map(({ profile, tags: own = [] }) => ({ profile, tags: own }))
    return showStream(context, context.store.create(tags, wanted, head).id, input)
  },
})

/** The group that a stream is to join. @throws ApiError where that cannot be */
function groupOf(context: ApiContext, id: string, transcodes: number): StoredStream {
  const head = findStream(context, id)
  const members = context.store.members(head)
  // A member has no transcodes of its own: which source would they have?
  const alone = head.index === 0 && transcodes === 0 && members.length < MAX_GROUP_MEMBERS
  if (!alone) throw wrongType('group', 'the first stream of a group with room, without transcodes')
  return head
}
