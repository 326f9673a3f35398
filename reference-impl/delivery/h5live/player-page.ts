import { readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { build } from 'esbuild'

const SOURCE = new URL('../../player/', import.meta.url)

export interface PageFile {
  readonly type: string
  readonly body: string
}

/** The player page's files by path; made at the first request, then kept. */
export class PlayerPage {
  readonly #playUrl: () => string
  readonly #apiUrl: () => string
  readonly #serverFor: (request: IncomingMessage) => string | undefined
  #files: Promise<ReadonlyMap<string, PageFile>> | undefined

  /**
   * @param apiUrl where groups are asked for; empty: the page's address must say it
   * @param serverFor the H5Live server for who asks; undefined: the page's own
   */
  constructor(
    playUrl: () => string,
    apiUrl: () => string = () => '',
    serverFor: (request: IncomingMessage) => string | undefined = () => undefined,
  ) {
    this.#playUrl = playUrl
    this.#apiUrl = apiUrl
    this.#serverFor = serverFor
  }

  serves(path: string): boolean {
    return path === '/player' || path.startsWith('/player/')
  }

  async handle(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (path === '/player') {
      response.writeHead(308, { Location: `/player/${queryOf(request)}` }).end()
      return
    }
    this.#files ??= makeFiles(this.#playUrl(), this.#apiUrl())
    try {
      const file = (await this.#files).get(path)
      if (file === undefined) response.writeHead(404, { 'Content-Type': 'text/plain' }).end()
      else send(request, response, path === '/player/' ? this.#for(request, file) : file)
    } catch (error) {
      // Made again at the next request: the cause may be gone.
      this.#files = undefined
      response.writeHead(500, { 'Content-Type': 'text/plain' })
      response.end(`The player cannot be built: ${String(error)}`)
    }
  }

  #for(request: IncomingMessage, { type, body }: PageFile): PageFile {
    const server = escapeAttribute(this.#serverFor(request) ?? '')
    return { type, body: body.replace('data-server=""', `data-server="${server}"`) }
  }
}

function send(request: IncomingMessage, response: ServerResponse, file: PageFile): void {
  response.writeHead(200, {
    'Content-Type': file.type,
    'Content-Length': Buffer.byteLength(file.body),
    'Cache-Control': 'no-cache',
    'X-Content-Type-Options': 'nosniff',
    // Media comes from blobs; `ws=` in the page's address may name another server.
    'Content-Security-Policy':
      "default-src 'self'; connect-src *; media-src blob:; img-src data:; style-src 'self' 'unsafe-inline'",
  })
  response.end(request.method === 'HEAD' ? undefined : file.body)
}

async function makeFiles(playUrl: string, apiUrl: string): Promise<ReadonlyMap<string, PageFile>> {
  const [html, css, script] = await Promise.all([
    readFile(new URL('index.html', SOURCE), 'utf8'),
    readFile(new URL('player.css', SOURCE), 'utf8'),
    bundle(),
  ])
  const page = html
    .replace('data-play-url=""', `data-play-url="${escapeAttribute(playUrl)}"`)
    .replace('data-api-url=""', `data-api-url="${escapeAttribute(apiUrl)}"`)
  return new Map([
    ['/player/', { type: 'text/html; charset=utf-8', body: page }],
    ['/player/player.css', { type: 'text/css; charset=utf-8', body: css }],
    ['/player/player.js', { type: 'text/javascript; charset=utf-8', body: script }],
  ])
}

async function bundle(): Promise<string> {
  const result = await build({
    entryPoints: [new URL('main.ts', SOURCE).pathname],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    minify: true,
    logLevel: 'silent',
  })
  return result.outputFiles[0]?.text ?? ''
}

function queryOf(request: IncomingMessage): string {
  const at = request.url?.indexOf('?') ?? -1
  return at === -1 ? '' : (request.url?.slice(at) ?? '')
}

function escapeAttribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')
}
