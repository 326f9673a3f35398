import type { Hub } from '../../live/hub.ts'
import type { LiveStream } from '../../live/live-stream.ts'
import type { StreamDirectory } from '../../live/stream-directory.ts'
import { isStreamName } from '../../live/stream-name.ts'
import { MAX_PARAMETER_LENGTH } from './limits.ts'
import { badParameter, LOCKED, NOT_FOUND, NOT_LIVE, type RefusedRequest } from './refusal.ts'
import type { H5LiveSeams } from './seams.ts'

export type StreamAnswer =
  | { readonly ok: true; readonly stream: LiveStream }
  | { readonly ok: false; readonly refused: RefusedRequest }

export interface StreamLookup {
  readonly hub: Hub
  readonly directory: StreamDirectory
  readonly seams: H5LiveSeams
  /** Our own RTMP play address. */
  readonly playUrl: () => string
}

/** What a request's query asks for, and whether it can be had. Nothing is ever connected to. */
export function findRequestedStream(query: URLSearchParams, lookup: StreamLookup): StreamAnswer {
  const refused = checkParameters(query, lookup.playUrl())
  if (refused !== undefined) return { ok: false, refused }
  const name = query.get('stream') ?? ''
  const entry = lookup.directory.find(name)
  if (entry === undefined || entry.state === 'deleted') return { ok: false, refused: NOT_FOUND }
  if (entry.state === 'locked') return { ok: false, refused: LOCKED }
  const live = lookup.hub.streams.filter((stream) => stream.publishing)
  const chosen = lookup.seams.resolve(
    name,
    live.map((stream) => stream.name),
  )
  const stream = lookup.hub.get(chosen)
  if (stream?.publishing !== true) return { ok: false, refused: NOT_LIVE }
  return { ok: true, stream }
}

const SINGLE_PARAMETERS = ['stream', 'url', 'cid', 'pid'] as const
const ID = /^\d{1,20}$/

function checkParameters(query: URLSearchParams, playUrl: string): RefusedRequest | undefined {
  for (const name of SINGLE_PARAMETERS) {
    if (query.getAll(name).length > 1) return badParameter(`Parameter given twice: ${name}.`)
    if ((query.get(name)?.length ?? 0) > MAX_PARAMETER_LENGTH) {
      return badParameter(`Parameter too long: ${name}.`)
    }
  }
  const stream = query.get('stream')
  if (stream === null || stream === '') return badParameter('Parameter required: stream.')
  if (!isStreamName(stream)) return badParameter('Parameter malformed: stream.')
  const url = query.get('url')
  if (url !== null && !isOwnPlayUrl(url, playUrl)) {
    return badParameter('Parameter malformed: url is not the play address of this server.')
  }
  for (const name of ['cid', 'pid'] as const) {
    const id = query.get(name)
    if (id !== null && !ID.test(id)) return badParameter(`Parameter malformed: ${name}.`)
  }
  return undefined
}

/** The vendor's players say `rtmp://localhost/play` as well: the server itself, on any port. */
function isOwnPlayUrl(url: string, playUrl: string): boolean {
  const asked = withoutSlash(url)
  return asked === withoutSlash(playUrl) || /^rtmp:\/\/localhost(:\d{1,5})?\/play$/.test(asked)
}

function withoutSlash(url: string): string {
  return url.endsWith('/') ? url.slice(0, -1) : url
}
