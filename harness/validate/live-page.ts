import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { bundlePage, fillPage } from '../report/bundle-page.ts'
import { MAX_PAGE_BACKLOG_BYTES, MAX_PAGES } from './limits.ts'
import type { LiveState, ValidationView } from './live-state.ts'

export interface LivePage extends ValidationView {
  readonly url: string
}

/** Serves the live page on loopback: the page itself, and a stream of states (Server-Sent Events). */
export async function startLivePage(): Promise<LivePage> {
  const page = fillPage(await bundlePage(new URL('../../reports/page/live/', import.meta.url)), [
    "connect-src 'self'",
  ])
  const watching = new Set<ServerResponse>()
  let last = ''
  let port = 0
  const server = createServer((request, response) => {
    response.on('error', () => {})
    if (!isOurs(request, port))
      answer(response, 403, 'text/plain', 'This page is for this machine.')
    else if (request.url === '/') answer(response, 200, 'text/html; charset=utf-8', page)
    else if (request.url === '/events') watch(response)
    else answer(response, 404, 'text/plain', 'There is nothing here.')
  })
  server.maxConnections = MAX_PAGES * 2

  function watch(response: ServerResponse): void {
    if (watching.size >= MAX_PAGES) {
      answer(response, 503, 'text/plain', 'Too many pages.')
      return
    }
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
    response.write(`retry: 1000\n\n${last}`)
    watching.add(response)
    response.on('close', () => watching.delete(response))
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  server.on('error', () => {})
  port = (server.address() as AddressInfo).port
  let closing: Promise<void> | null = null
  return {
    url: `http://127.0.0.1:${port}/`,
    say() {},
    show(state: LiveState) {
      last = `data: ${JSON.stringify(state)}\n\n`
      // A page that does not read misses states; the next one tells everything again.
      for (const response of watching)
        if (response.writableLength < MAX_PAGE_BACKLOG_BYTES) response.write(last)
    },
    close() {
      closing ??= new Promise((resolve) => {
        for (const response of watching) response.end()
        server.close(() => resolve())
        server.closeIdleConnections()
        setTimeout(() => server.closeAllConnections(), CLOSE_MS).unref()
      })
      return closing
    },
  }
}

const CLOSE_MS = 300

/** Another site's page may know the port, but neither our host nor our origin. */
function isOurs({ method, headers }: IncomingMessage, port: number): boolean {
  const host = headers.host ?? ''
  const known = [`127.0.0.1:${port}`, `localhost:${port}`]
  const { origin } = headers
  return (
    method === 'GET' &&
    known.includes(host) &&
    (origin === undefined || known.includes(origin.replace(/^http:\/\//, '')))
  )
}

function answer(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, {
    'Content-Type': type,
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
  })
  response.end(body)
}
