import { faults } from '../faults/index.ts'
import { defaultSeams } from '../seams.ts'
import { type Api, type ApiOptions, startApi } from './server.ts'
import type { StreamObject } from './stream-object.ts'

export interface TestApi extends Api {
  /** `http://127.0.0.1:port` */
  readonly base: string
  /** Calls with the key, and JSON where a body is given as an object. */
  call(method: string, path: string, body?: unknown, headers?: HeadersInit): Promise<Answer>
  create(tags?: readonly string[]): Promise<StreamObject>
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** undefined where the text is not JSON */
  readonly json: unknown
}

/** The API alone on a free port, with addresses that lead nowhere. For tests. */
export async function startTestApi(
  options: Partial<ApiOptions> & { faults?: readonly string[] } = {},
): Promise<TestApi> {
  const seams = defaultSeams()
  for (const id of options.faults ?? []) faults.find((fault) => fault.id === id)!.install(seams)
  const api = await startApi({
    host: '127.0.0.1',
    port: 0,
    dataDir: ':memory:',
    seams,
    addresses: () => ({
      rtmp: 'rtmp://127.0.0.1:1/live',
      srt: 'srt://127.0.0.1:1',
      whip: 'http://127.0.0.1:1',
      play: 'rtmp://127.0.0.1:1/play',
      h5live: {
        websocket: 'ws://127.0.0.1:1/h5live/stream.mp4',
        hls: 'http://127.0.0.1:1/h5live/http/playlist.m3u8',
        progressive: 'http://127.0.0.1:1/h5live/http/stream.mp4',
      },
      hls: 'http://127.0.0.1:1/hls',
    }),
    ...options,
  })
  const base = `http://127.0.0.1:${api.port}`
  const call: TestApi['call'] = async (method, path, body, headers = {}) => {
    const raw = typeof body === 'string' || body === undefined
    const response = await fetch(base + path, {
      method,
      headers: {
        'x-bintu-apikey': api.apiKey,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...Object.fromEntries(new Headers(headers)),
      },
      ...(body === undefined ? {} : { body: raw ? (body as string) : JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, json: parse(text) }
  }
  return {
    ...api,
    base,
    call,
    async create(tags = []) {
      return (await call('POST', '/stream', { tags })).json as StreamObject
    },
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
