import { streamNotFound } from './api-error.ts'
import type { ApiContext, RouteInput } from './route.ts'
import type { StoredStream } from './store.ts'
import { presentStream, type StreamObject } from './stream-object.ts'

/** The stream of the path. @throws ApiError 404 also for a deleted stream: it is hidden */
export function findStream(context: ApiContext, id: string): StoredStream {
  const stream = context.store.byId(id)
  if (stream === undefined || stream.state === 'deleted') throw streamNotFound(id.slice(0, 64))
  return stream
}

/** The stream as stored now, in the form of an answer. */
export function showStream(
  context: ApiContext,
  id: string,
  input: Pick<RouteInput<unknown, unknown>, 'authorised' | 'client'>,
): StreamObject {
  const stream = context.store.byId(id)
  if (stream === undefined) throw streamNotFound(id.slice(0, 64))
  const addresses = () => context.addresses(input.client)
  return context.seams.stream(presentStream(stream, { ...context, addresses }, input.authorised))
}

/** What the reference makes out of this stream: it lives and dies with it. */
export function transcodesOf(context: ApiContext, stream: StoredStream): StoredStream[] {
  if (stream.index !== 0) return []
  return context.store.members(stream).filter(({ profile }) => profile !== null)
}
