import { z } from 'zod'
import { defineRoute } from '../route.ts'

export const getOrganisation = defineRoute({
  method: 'GET',
  path: '/organisation',
  operation: 'getOrganisation',
  summary: 'Shows the organisation of the key. Also used to verify a key.',
  guess: 'All keys of the answer.',
  answer: z.object({
    id: z.uuid(),
    name: z.string(),
    hash: z.string().describe('First part of every stream name.'),
    packages: z.array(z.string()),
  }),
  errors: [],
  handle({ organisation }) {
    const { id, hash } = organisation
    return { id, name: 'liveproof', hash, packages: ['h5live'] }
  },
})
