import { ANSWER_MS, RawClient } from './raw-client.ts'
import type { Amf0Value } from './read/amf0-reader.ts'

/** Where to publish: `rtmp://host:port/app` and the stream name. */
export interface Place {
  readonly url: string
  readonly streamName: string
}

export interface Status {
  readonly level: string
  readonly code: string
  readonly description: string
  readonly at: number
}

/** Connects, shakes hands, and sends `connect`; undefined when the server does not play along. */
export async function openConnected(url: string): Promise<RawClient | undefined> {
  const client = await RawClient.open(url)
  if (!(await client.handshake())) return undefined
  const transaction = await client.command('connect', [connectObject(url)])
  const answer = await client.answer(transaction)
  if (answer?.name === '_result') return client
  client.destroy()
  return undefined
}

/** What every encoder says in `connect`. */
export function connectObject(url: string): { [key: string]: string } {
  return {
    app: appOf(url),
    type: 'nonprivate',
    flashVer: 'FMLE/3.0 (compatible; liveproof probe)',
    tcUrl: url,
  }
}

export function appOf(url: string): string {
  return new URL(url.replace(/^rtmp/, 'http')).pathname.slice(1)
}

/** `createStream`; answers the message stream id. */
export async function createStream(client: RawClient): Promise<number | undefined> {
  const answer = await client.answer(await client.command('createStream', [null]))
  const id = answer?.values[1]
  return answer?.name === '_result' && typeof id === 'number' ? id : undefined
}

/** Every `onStatus` that came. */
export function statuses(client: RawClient): Status[] {
  return client
    .commands()
    .filter((command) => command.name === 'onStatus')
    .map(({ values, at }) => {
      const info = values[1]
      return {
        level: text(info, 'level'),
        code: text(info, 'code'),
        description: text(info, 'description'),
        at,
      }
    })
}

export interface PublishAttempt {
  readonly client: RawClient
  readonly streamId: number
  /** The statuses that came up to the decision. */
  readonly statuses: Status[]
  /** NetStream.Publish.Start came. */
  readonly started: boolean
}

/**
 * Goes all the way to `publish` and waits for a decision: a status, or a closed connection.
 * @returns undefined when the server did not even answer `connect` or `createStream`
 */
export async function tryPublish(
  place: Place,
  options: { readonly kind?: string; readonly ms?: number } = {},
): Promise<PublishAttempt | undefined> {
  const client = await openConnected(place.url)
  if (!client) return undefined
  const streamId = await createStream(client)
  if (streamId === undefined) {
    client.destroy()
    return undefined
  }
  await client.command('publish', [null, place.streamName, options.kind ?? 'live'], streamId)
  await client.until(
    () => (statuses(client).length > 0 ? true : undefined),
    options.ms ?? ANSWER_MS,
  )
  const seen = statuses(client)
  return { client, streamId, statuses: seen, started: seen.some(isStart) }
}

export function isStart(status: Status): boolean {
  return status.code === 'NetStream.Publish.Start'
}

/** Reads a text property of a decoded object; '' when it has none. */
export function text(value: Amf0Value, key: string): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return ''
  const found = value[key]
  return typeof found === 'string' ? found : ''
}
