import { z } from 'zod'
import { MAX_SUGGESTIONS, MIN_SUGGESTION_LENGTH } from '../limits.ts'
import { suggestQuery } from '../parameters.ts'
import { defineRoute } from '../route.ts'

export const suggestTags = defineRoute({
  method: 'GET',
  path: '/tag',
  operation: 'suggestTags',
  summary:
    'Suggests tags in use that begin with the search text; none for fewer than 3 characters.',
  guess: 'Path, parameter and answer.',
  query: suggestQuery,
  answer: z.array(z.string()),
  errors: [400],
  handle({ store }, { query: { search = '' } }) {
    if (search.length < MIN_SUGGESTION_LENGTH) return []
    return store.suggestTags(search, MAX_SUGGESTIONS)
  },
})
