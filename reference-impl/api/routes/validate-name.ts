import { z } from 'zod'
import { isStreamName } from '../../live/stream-name.ts'
import { wrongType } from '../api-error.ts'
import { validateBody } from '../parameters.ts'
import { defineRoute } from '../route.ts'

export const validateName = defineRoute({
  method: 'POST',
  path: '/stream/validate',
  operation: 'validateStream',
  summary: 'Tells whether a stream name is already taken.',
  guess: 'Keys of the body and of the answer.',
  body: validateBody,
  answer: z.object({ streamname: z.string(), taken: z.boolean() }),
  errors: [400],
  handle({ store }, { body: { streamname } }) {
    if (!isStreamName(streamname)) throw wrongType('streamname', 'a name like XXXXX-YYYYY')
    return { streamname, taken: store.byName(streamname) !== undefined }
  },
})
