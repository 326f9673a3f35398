import { Hub } from '../../../live/hub.ts'
import type { LiveStream } from '../../../live/live-stream.ts'
import { MemoryDirectory } from '../../../live/testing/memory-directory.ts'
import { defaultSeams } from '../../../seams.ts'
import { startDelivery } from '../../h5live/server.ts'
import { HlsEndpoint } from '../endpoint.ts'
import type { HlsLimits } from '../limits.ts'

export interface TestHls {
  readonly hub: Hub
  readonly directory: MemoryDirectory
  /** `http://127.0.0.1:port` */
  readonly base: string
  publish(name: string): LiveStream
  /** GET of a path below `/hls/`. */
  get(path: string, init?: RequestInit): Promise<Response>
  close(): Promise<void>
}

export const PLAY_URL = 'rtmp://127.0.0.1:19350/play'

/** Hub and delivery with HLS on an ephemeral port, without ingest and API. */
export async function testHls(limits: Partial<HlsLimits> = {}): Promise<TestHls> {
  const seams = defaultSeams()
  const directory = new MemoryDirectory()
  const hub = new Hub(seams.live, { graceMs: 60_000 })
  const delivery = await startDelivery({
    host: '127.0.0.1',
    port: 0,
    hub,
    directory,
    seams: seams.h5live,
    playUrl: () => PLAY_URL,
    endpoints: [new HlsEndpoint({ hub, directory, seams: seams.hls, limits })],
  })
  const base = `http://127.0.0.1:${delivery.port}`
  return {
    hub,
    directory,
    base,
    publish: (name) => {
      directory.add(name, 'live')
      return hub.publish(name)
    },
    get: (path, init) =>
      fetch(`${base}/hls/${path}`, {
        signal: AbortSignal.timeout(8000),
        ...init,
        // The next test's server may get this one's port: a connection must not outlive its test.
        headers: { connection: 'close', ...init?.headers },
      }),
    close: async () => {
      hub.close()
      await delivery.close()
    },
  }
}
