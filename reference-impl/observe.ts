import { Session } from 'node:inspector/promises'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { IngestLog } from './ingest/ingest-log.ts'
import type { Provocation } from './live/publication.ts'

const MAX_PROVOKED_MS = 120_000

const provocationSchema = z.strictObject({
  stream: z.string().max(64),
  what: z.enum(['drop', 'refuse', 'replace']),
  /** ms for which the stream then takes no publisher */
  forMs: z.number().min(0).max(MAX_PROVOKED_MS).default(0),
})

/** Lets the publisher of a stream meet trouble; false when there is none. */
export type Provoke = (stream: string, what: Provocation, forMs: number) => boolean

/**
 * What the reference saw, for the harness: ingest records and the state of its own process; and
 * what it can be asked to do to an encoder.
 * Not part of the bintu API; asks for the API key like everything beside it.
 */
export function observeRoutes(app: FastifyInstance, log: IngestLog, provoke: Provoke): void {
  const delay = monitorEventLoopDelay({ resolution: 10 })
  delay.enable()
  app.addHook('onClose', async () => delay.disable())

  app.get<{ Querystring: { stream?: string } }>('/observe/ingest', async (request) => ({
    sessions: log.list(request.query.stream),
  }))

  app.post('/observe/provoke', async (request, reply) => {
    const asked = provocationSchema.safeParse(request.body)
    if (!asked.success) return reply.code(400).send({ error: z.prettifyError(asked.error) })
    const { stream, what, forMs } = asked.data
    return { done: provoke(stream, what, forMs) }
  })

  app.get('/observe/memory', async () => {
    await collectGarbage()
    const { rss, heapUsed, external } = process.memoryUsage()
    return { rssBytes: rss, liveBytes: heapUsed + external }
  })

  app.get('/observe/process', async () => {
    const { rss, heapUsed, external } = process.memoryUsage()
    const { user, system } = process.cpuUsage()
    return {
      pid: process.pid,
      uptimeMs: Math.round(process.uptime() * 1000),
      rssBytes: rss,
      heapBytes: heapUsed,
      externalBytes: external,
      cpuMs: (user + system) / 1000,
      eventLoopDelayMs: { p99: delay.percentile(99) / 1e6, max: delay.max / 1e6 },
    }
  })
}

/** Everything stands still for it, some 50 ms. */
async function collectGarbage(): Promise<void> {
  const session = new Session()
  session.connect()
  try {
    await session.post('HeapProfiler.collectGarbage')
  } finally {
    session.disconnect()
  }
}
