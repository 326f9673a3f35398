import { randomBytes } from 'node:crypto'
import { nowMs } from '../clock.ts'
import { MAX_VIEWERS } from '../delivery/h5live/limits.ts'
import { startDelivery } from '../delivery/h5live/server.ts'
import { Hub } from '../live/hub.ts'
import type { Seams } from '../seams.ts'
import type { EdgeLoad, OriginIngest } from './control-message.ts'
import { EdgeControl } from './edge-control.ts'
import { EdgePulls } from './edge-pulls.ts'
import { HlsRelay } from './hls-relay.ts'
import { defaultEdgeLimits, type EdgeLimits, MAX_TOLD_STREAMS, SWEEP_MS } from './limits.ts'
import type { LocationAddresses } from './location.ts'
import { OriginAccess } from './origin-access.ts'
import { startRtmpRelay } from './rtmp-relay.ts'
import { startUdpRelay } from './udp-relay.ts'
import { startWhipRelay } from './whip-relay.ts'

export interface EdgeOptions {
  /** `http://host:port` of the origin's door for edges. */
  readonly origin: string
  readonly secret: string
  readonly region: string
  /** Address that everything listens on; ports are chosen by the system. */
  readonly host: string
  /** Made up when absent. */
  readonly id?: string | undefined
  /** Viewers that it takes at most. */
  readonly capacity?: number | undefined
  readonly seams: Seams
  readonly limits?: Partial<EdgeLimits>
}

export interface Edge {
  readonly id: string
  readonly region: string
  readonly addresses: LocationAddresses
  /** Resolves at the origin's first welcome. @throws CodedError `LP_EDGE_REFUSED` */
  readonly welcomed: Promise<void>
  close(): Promise<void>
}

/** Starts an edge: the delivery of the reference over a hub that is fed from an origin. */
export async function startEdge(options: EdgeOptions): Promise<Edge> {
  const { host, seams, region } = options
  const id = options.id ?? `edge-${randomBytes(4).toString('hex')}`
  const capacity = options.capacity ?? MAX_VIEWERS
  const origin = new OriginAccess(options.origin, options.secret)
  const hub = new Hub(seams.live)
  const pulls = new EdgePulls({
    origin,
    hub,
    seams: seams.cdn,
    limits: { ...defaultEdgeLimits, ...options.limits },
  })
  const delivery = await startDelivery({
    host,
    port: 0,
    hub,
    directory: pulls,
    seams: seams.h5live,
    limits: { maxViewers: capacity },
    playUrl: () => control.welcome?.playUrl ?? '',
    ready: (name) => pulls.ready(name),
    endpoints: [new HlsRelay(origin)],
  })
  const rtmp = await startRtmpRelay({
    host,
    origin: () => ingest()?.rtmp,
  })
  // Datagrams outlast a break of the control connection; an origin that is gone does not answer.
  const srt = await startUdpRelay({ host, origin: () => control.welcome?.ingest.srt })
  const media = await startUdpRelay({ host, origin: () => control.welcome?.ingest.media })
  const whip = await startWhipRelay({
    host,
    origin: () => ingest()?.whip,
    mediaPort: media.port,
  })
  const at = (scheme: string, port: number, path: string) =>
    `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}${path}`
  const addresses: LocationAddresses = {
    websocket: at('ws', delivery.port, '/h5live/stream.mp4'),
    playlist: at('http', delivery.port, '/h5live/http/playlist.m3u8'),
    progressive: at('http', delivery.port, '/h5live/http/stream.mp4'),
    hls: at('http', delivery.port, '/hls'),
    rtmp: at('rtmp', rtmp.port, '/live'),
    srt: at('srt', srt.port, ''),
    whip: at('http', whip.port, ''),
  }
  const hello = { id, region, pid: process.pid, capacity, addresses }
  const control = new EdgeControl({ origin, hello, load, onWelcome: () => pulls.forget() })
  const sweep = setInterval(() => {
    const now = nowMs()
    control.tick(now)
    pulls.tick(now)
  }, SWEEP_MS)

  /** Undefined while the origin is away. */
  function ingest(): OriginIngest | undefined {
    return control.connected ? control.welcome?.ingest : undefined
  }

  function load(): EdgeLoad {
    const { user, system } = process.cpuUsage()
    const streams = hub.streams.slice(0, MAX_TOLD_STREAMS)
    return {
      viewers: delivery.viewers(),
      streams: streams.map(({ name, subscribers }) => ({ name, viewers: subscribers })),
      publishers: rtmp.publishers() + srt.senders() + media.senders(),
      datagrams: srt.datagrams() + media.datagrams(),
      rssBytes: process.memoryUsage.rss(),
      cpuMs: (user + system) / 1000,
    }
  }

  return {
    id,
    region,
    addresses,
    welcomed: control.welcomed,
    async close() {
      clearInterval(sweep)
      control.close()
      pulls.close()
      await Promise.all([delivery.close(), rtmp.close(), srt.close()])
      await Promise.all([whip.close(), media.close()])
    },
  }
}
