import { z } from 'zod'
import { wrongType } from '../api-error.ts'
import { listQuery } from '../parameters.ts'
import { defineRoute } from '../route.ts'
import { presentStream, streamObject } from '../stream-object.ts'

export const listStreams = defineRoute({
  method: 'GET',
  path: '/stream',
  operation: 'listStreams',
  summary:
    'Lists streams, newest first. A header Link rel="next" names the next page while there is one.',
  headers: { Link: '`<address of the next page>; rel="next"`, while there is one.' },
  query: listQuery,
  answer: z.array(streamObject),
  errors: [400],
  handle(context, { query, authorised, client, header }) {
    const last = query.before === undefined ? undefined : context.store.byId(query.before)
    if (query.before !== undefined && last === undefined) {
      throw wrongType('before', 'the id of a stream')
    }
    const wanted = context.seams.list(
      {
        states: query.state ? [query.state] : ['created', 'live', 'ended', 'locked'],
        tags: query['tags[]'],
        before: last?.number ?? Number.MAX_SAFE_INTEGER,
        quantity: query.quantity + 1,
      },
      context.store.newest(),
    )
    const found = context.store.list(wanted)
    const page = found.slice(0, query.quantity)
    if (found.length > page.length)
      header('link', `<${nextPage(query, page.at(-1)!.id)}>; rel="next"`)
    // One place for the whole list.
    const addresses = context.addresses(client)
    const present = { ...context, addresses: () => addresses }
    return page.map((stream) => context.seams.stream(presentStream(stream, present, authorised)))
  },
})

function nextPage(query: z.infer<typeof listQuery>, before: string): string {
  const next = new URLSearchParams({ quantity: String(query.quantity) })
  if (query.state !== undefined) next.set('state', query.state)
  for (const tag of query['tags[]']) next.append('tags[]', tag)
  next.set('before', before)
  return `/stream?${next}`
}
