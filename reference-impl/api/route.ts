import type { z } from 'zod'
import type { PushControl } from '../delivery/rtmp/push/push-status.ts'
import type { Command } from './directory.ts'
import type { Organisation } from './organisation.ts'
import type { ApiSeams } from './seams.ts'
import type { StreamStore } from './store.ts'
import type { StreamAddresses } from './stream-object.ts'

/** What every route works with. */
export interface ApiContext {
  readonly store: StreamStore
  readonly organisation: Organisation
  readonly seams: ApiSeams
  /** `client`: the IP address of who asks; who is elsewhere gets others. */
  readonly addresses: (client: string) => StreamAddresses
  /** Restreaming; absent where the reference has none. */
  readonly push?: PushControl | undefined
  /** Whether streams may have transcodes. */
  readonly transcoding: boolean
  announce(name: string, command: Command): void
}

export interface RouteInput<Query, Body> {
  /** The `{id}` of the path, unchecked; empty where the path has none. */
  readonly id: string
  readonly query: Query
  readonly body: Body
  /** False only on a public route, called without a key. */
  readonly authorised: boolean
  /** IP address of the caller. */
  readonly client: string
  /** Adds a header to the answer. */
  header(name: string, value: string): void
}

/**
 * One operation of the API. The server checks requests by its schemas, and the OpenAPI document
 * is made from the same ones.
 */
export interface Route<Query = unknown, Body = unknown> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** OpenAPI style: `/stream/{id}` */
  readonly path: string
  readonly operation: string
  readonly summary: string
  /** What of it the vendor does not document and we made up. */
  readonly guess?: string
  /** Answers without a key too. */
  readonly public?: true
  readonly query?: z.ZodType<Query>
  readonly body?: z.ZodType<Body>
  readonly answer: z.ZodType
  /** What of a successful answer we made up, where the operation itself is documented. */
  readonly answerGuess?: string
  /** Headers of a successful answer, all of them made up: name and meaning. */
  readonly headers?: Readonly<Record<string, string>>
  /** Statuses of the errors that are its own, besides those of every route. */
  readonly errors: readonly number[]
  handle(context: ApiContext, input: RouteInput<Query, Body>): unknown
}

/** Infers the types of query and body from the schemas. */
export function defineRoute<Query = undefined, Body = undefined>(
  route: Route<Query, Body>,
): Route<unknown, unknown> {
  return route as Route<unknown, unknown>
}
