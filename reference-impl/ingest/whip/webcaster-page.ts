import { readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { build } from 'esbuild'

const SOURCE = new URL('../../webcaster/', import.meta.url)

interface PageFile {
  readonly type: string
  readonly body: string
}

/** The webcaster's files by path; made at the first request, then kept. */
export class WebcasterPage {
  readonly #streamUrl: () => string
  #files: Promise<ReadonlyMap<string, PageFile>> | undefined

  /** @param streamUrl the `stream_url` that it publishes with */
  constructor(streamUrl: () => string) {
    this.#streamUrl = streamUrl
  }

  /** True when the request is for one of these pages. */
  handle(request: IncomingMessage, response: ServerResponse): boolean {
    const path = (request.url ?? '').split('?')[0] ?? ''
    if (!path.startsWith('/webcaster/')) return false
    void this.#answer(path, request, response)
    return true
  }

  async #answer(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.resume()
    response.on('error', () => undefined)
    this.#files ??= makeFiles(this.#streamUrl())
    try {
      const file = (await this.#files).get(path)
      if (file === undefined) {
        response.writeHead(404, { 'Content-Type': 'text/plain' }).end()
        return
      }
      response.writeHead(200, { 'Content-Type': file.type, 'Cache-Control': 'no-cache' })
      response.end(request.method === 'HEAD' ? undefined : file.body)
    } catch (error) {
      // Made again at the next request: the cause may be gone.
      this.#files = undefined
      response.writeHead(500, { 'Content-Type': 'text/plain' })
      response.end(`The webcaster cannot be built: ${String(error)}`)
    }
  }
}

async function makeFiles(streamUrl: string): Promise<ReadonlyMap<string, PageFile>> {
  const [html, script] = await Promise.all([
    readFile(new URL('index.html', SOURCE), 'utf8'),
    build({
      entryPoints: [new URL('main.ts', SOURCE).pathname],
      bundle: true,
      write: false,
      format: 'esm',
      target: 'es2022',
      minify: true,
      logLevel: 'silent',
    }),
  ])
  const attribute = streamUrl.replaceAll('&', '&amp;').replaceAll('"', '&quot;')
  const page = html.replace('data-stream-url=""', `data-stream-url="${attribute}"`)
  const code = script.outputFiles[0]?.text ?? ''
  return new Map([
    ['/webcaster/', { type: 'text/html; charset=utf-8', body: page }],
    ['/webcaster/webcaster.js', { type: 'text/javascript; charset=utf-8', body: code }],
  ])
}
