import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { MAX_NAME } from './limits.ts'

export interface LivepeerOptions {
  /** The bearer token that creates streams is the API key. */
  readonly apiKey: () => string
  /** Address of the player page. */
  readonly player: () => string
}

const createBody = z.object({
  name: z.string().min(1).max(MAX_NAME),
  record: z.boolean().default(false),
})
/** What the bintu API says of a stream, as far as it is passed on. */
const bintuStream = z.object({
  id: z.uuid(),
  created_at: z.string(),
  ingest: z.object({ rtmp: z.object({ streamname: z.string() }) }),
})
const PLAYBACK_ID = /^[0-9a-f]{32}$/

/**
 * What Livepeer's browser workflow needs around WHIP, on top of the same streams: creating one by
 * `POST /api/stream`, and a page by playback id that can stand in a frame. A playback id is the
 * stream's id without dashes: it opens nothing but the page.
 */
export function livepeerRoutes(app: FastifyInstance, options: LivepeerOptions): void {
  const bintu = (method: 'GET' | 'POST', url: string) =>
    app.inject({ method, url, headers: { 'x-bintu-apikey': options.apiKey() } })

  app.post('/api/stream', { config: { public: true } }, async (request, reply) => {
    if (!isBearer(request.headers.authorization, options.apiKey())) {
      return reply.code(401).send({ errors: ['Unauthorized'] })
    }
    const body = createBody.safeParse(request.body)
    if (!body.success) return reply.code(422).send({ errors: [z.prettifyError(body.error)] })
    const {
      id,
      created_at: created,
      ingest,
    } = bintuStream.parse((await bintu('POST', '/stream')).json())
    const { name, record } = body.data
    return reply.code(201).send({
      id,
      name,
      kind: 'stream',
      createdAt: Date.parse(created) || Date.now(),
      streamKey: ingest.rtmp.streamname,
      playbackId: id.replaceAll('-', ''),
      playbackPolicy: { type: 'public' },
      record,
      profiles: [],
      isActive: false,
      suspended: false,
    })
  })

  app.get<{ Params: { id: string } }>(
    '/iframe/:id',
    { config: { public: true } },
    async (request, reply) => {
      const { id } = request.params
      const answer = PLAYBACK_ID.test(id) ? await bintu('GET', `/stream/${withDashes(id)}`) : null
      if (answer?.statusCode !== 200) return reply.code(404).send({ errors: ['Not found'] })
      const { ingest } = bintuStream.parse(answer.json())
      const url = new URL(options.player())
      url.searchParams.set('stream', ingest.rtmp.streamname)
      return reply.type('text/html; charset=utf-8').send(page(url.href))
    },
  )
}

function isBearer(header: string | undefined, key: string): boolean {
  const [, token] = /^Bearer ([\x21-\x7e]{1,512})$/.exec(header ?? '') ?? []
  const hash = (text: string) => createHash('sha256').update(text).digest()
  return token !== undefined && timingSafeEqual(hash(token), hash(key))
}

function withDashes(id: string): string {
  return id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

function page(player: string): string {
  const source = player.replaceAll('&', '&amp;').replaceAll('"', '&quot;')
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Live stream</title>
<style>html, body, iframe { margin: 0; border: 0; width: 100%; height: 100%; display: block; background: #000 }</style>
<iframe title="Player" src="${source}" allow="autoplay; fullscreen; picture-in-picture"></iframe>
</html>
`
}
