import { nowMs } from '../../clock.ts'
import { HlsEndpoint } from '../../delivery/hls/endpoint.ts'
import { Hub } from '../../live/hub.ts'
import type { Publication } from '../../live/publication.ts'
import { createPublishGate, type LivePublishGate } from '../../live/publish-gate.ts'
import { MemoryDirectory } from '../../live/testing/memory-directory.ts'
import { defaultSeams } from '../../seams.ts'
import { type Edge, startEdge } from '../edge.ts'
import type { EdgeLimits } from '../limits.ts'
import { type Origin, startOrigin } from '../origin.ts'
import { Regions } from '../regions.ts'
import { EdgeRegistry } from '../registry.ts'
import { Router } from '../router.ts'

export const SECRET = 'a-secret-of-tests'
const nowhere = { host: '127.0.0.1', port: 1 }

export const PLAY_URL = 'rtmp://127.0.0.1:19350/play'

export interface TestEdgeOptions {
  readonly id?: string
  readonly secret?: string
  readonly limits?: Partial<EdgeLimits>
  /** Another address of the origin. */
  readonly through?: string
}

/** An origin and its edges in one process, without ingest and API. */
export interface TestOrigin {
  readonly url: string
  readonly origin: Origin
  readonly hub: Hub
  readonly directory: MemoryDirectory
  readonly gate: LivePublishGate
  readonly registry: EdgeRegistry
  readonly router: Router
  publish(name: string): Promise<Publication>
  edge(region: string, options?: TestEdgeOptions): Promise<Edge>
  close(): Promise<void>
}

export async function testOrigin(
  options: { port?: number; generation?: number; graceMs?: number } = {},
): Promise<TestOrigin> {
  const seams = defaultSeams()
  const directory = new MemoryDirectory()
  const hub = new Hub(seams.live, { graceMs: options.graceMs ?? 500 })
  const gate = createPublishGate({ hub, directory, seams: seams.live })
  const registry = new EdgeRegistry()
  const router = new Router({ registry, regions: new Regions(), seams: seams.cdn, now: nowMs })
  const hls = new HlsEndpoint({ hub, directory, seams: seams.hls })
  const origin = await startOrigin({
    host: '127.0.0.1',
    port: options.port ?? 0,
    secret: SECRET,
    generation: options.generation ?? 1,
    hub,
    directory,
    registry,
    hls,
    playUrl: () => PLAY_URL,
    ingest: () => ({ rtmp: nowhere, srt: nowhere, whip: nowhere, media: nowhere }),
  })
  const url = `http://127.0.0.1:${origin.port}`
  const edges: Edge[] = []
  return {
    url,
    origin,
    hub,
    directory,
    gate,
    registry,
    router,
    async publish(name) {
      if (directory.find(name) === undefined) directory.add(name)
      const publisher = {
        protocol: 'rtmp',
        session: 't',
        remote: '127.0.0.1:1',
        params: {},
      } as const
      const decision = await gate.request(name, publisher)
      if (!decision.ok) throw new TypeError(`refused: ${decision.refusal}`)
      return decision.publication
    },
    async edge(region, { id, secret = SECRET, limits = {}, through = url } = {}) {
      const host = '127.0.0.1'
      const edge = await startEdge({ origin: through, secret, region, host, id, seams, limits })
      edges.push(edge)
      await edge.welcomed
      return edge
    },
    async close() {
      hls.close()
      hub.close()
      await Promise.all([...edges.map((edge) => edge.close()), origin.close()])
    },
  }
}
