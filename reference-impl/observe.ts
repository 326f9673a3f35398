import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { FastifyInstance } from 'fastify'
import type { IngestLog } from './ingest/ingest-log.ts'

/**
 * What the reference saw, for the harness: ingest records and the state of its own process.
 * Not part of the bintu API; asks for the API key like everything beside it.
 */
export function observeRoutes(app: FastifyInstance, log: IngestLog): void {
  const delay = monitorEventLoopDelay({ resolution: 10 })
  delay.enable()
  app.addHook('onClose', async () => delay.disable())

  app.get<{ Querystring: { stream?: string } }>('/observe/ingest', async (request) => ({
    sessions: log.list(request.query.stream),
  }))

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
