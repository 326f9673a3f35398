import { randomBytes } from 'node:crypto'
import type { Addresses } from './addresses.ts'
import { startApi } from './api/server.ts'
import { startOrigin } from './cdn/origin.ts'
import { Regions, readRegions } from './cdn/regions.ts'
import { EdgeRegistry } from './cdn/registry.ts'
import { Router } from './cdn/router.ts'
import { ServerEndpoint } from './cdn/server-endpoint.ts'
import { redirectToEdge, steer } from './cdn/steering.ts'
import { nowMs } from './clock.ts'
import { startDelivery } from './delivery/h5live/server.ts'
import { HlsEndpoint } from './delivery/hls/endpoint.ts'
import { startSecureHls } from './delivery/hls/secure-server.ts'
import { RtmpPlayout } from './delivery/rtmp/playout.ts'
import { PushManager } from './delivery/rtmp/push/push-manager.ts'
import { PushPolicy } from './delivery/rtmp/push/push-policy.ts'
import { seamsWith } from './faults/install.ts'
import { IngestLog } from './ingest/ingest-log.ts'
import { createCertificate } from './ingest/rtmp/certificate.ts'
import { startRtmpIngest } from './ingest/rtmp/server.ts'
import { type SrtIngest, startSrtIngest } from './ingest/srt/server.ts'
import { startWhipIngest } from './ingest/whip/server.ts'
import { TurnServer } from './ingest/whip/turn-server.ts'
import { WebcasterPage } from './ingest/whip/webcaster-page.ts'
import { Hub } from './live/hub.ts'
import type { LiveStream } from './live/live-stream.ts'
import { createPublishGate } from './live/publish-gate.ts'
import { livepeerRoutes } from './livepeer/livepeer-routes.ts'
import { observeRoutes } from './observe.ts'
import { Processing } from './processing/processing.ts'

export interface ReferenceOptions {
  /** Address that everything listens on; ports are chosen by the system. */
  readonly host: string
  /** Address of WHIP, STUN and TURN, where encoders reach them at another one. */
  readonly whipHost?: string | undefined
  /** Where streams are kept; in memory when absent. */
  readonly dataDir?: string | undefined
  /** Ids of faults to install. */
  readonly faults?: readonly string[]
  /** Addresses and CIDR ranges, besides loopback, that streams may be pushed on to. */
  readonly pushAllow?: readonly string[]
  /** A table of client addresses and regions; that of loopback when absent. */
  readonly regionsFile?: string | undefined
  /** Port of the door for edges; chosen by the system when absent. */
  readonly feedPort?: number | undefined
  /** What edges must know; made up when absent. */
  readonly feedSecret?: string | undefined
}

export interface Reference {
  readonly addresses: Addresses
  /** Ends every session and closes every port. Idempotent. */
  close(): Promise<void>
}

/**
 * Puts the parts of the reference together and starts them.
 * @throws CodedError `LP_UNKNOWN_FAULT`, `LP_PUSH_ALLOW`, `LP_REGIONS`
 */
export async function startReference(options: ReferenceOptions): Promise<Reference> {
  const { host } = options
  const seams = seamsWith(options.faults ?? [])
  const log = new IngestLog()
  const ports = { rtmp: 0, rtmps: 0, srt: 0, srtEncrypted: 0, whip: 0, delivery: 0 }
  const whipHost = options.whipHost ?? host
  const atHost = (name: string, scheme: string, port: number, path: string) =>
    `${scheme}://${name.includes(':') ? `[${name}]` : name}:${port}${path}`
  const at = (scheme: string, port: number, path: string) => atHost(host, scheme, port, path)
  const atWhip = (path: string) => atHost(whipHost, 'http', ports.whip, path)

  const hub = new Hub(seams.live, { groupOf: (name) => api.directory.group?.(name)?.id })
  const processing = new Processing(seams.live)
  const playable = (stream: LiveStream) => processing.withAac(stream)
  const registry = new EdgeRegistry()
  const regions =
    options.regionsFile === undefined ? new Regions() : readRegions(options.regionsFile)
  const router = new Router({ registry, regions, seams: seams.cdn, now: nowMs })
  const feedSecret = options.feedSecret ?? randomBytes(24).toString('hex')
  const pushes = new PushManager({
    hub,
    policy: new PushPolicy(options.pushAllow),
    seams: seams.h5live,
    urlOf: (name) => api.pushUrlOf(name),
    playable,
  })
  const api = await startApi({
    host,
    port: 0,
    dataDir: options.dataDir ?? ':memory:',
    addresses: (client) =>
      steer(router, client, {
        rtmp: at('rtmp', ports.rtmp, '/live'),
        srt: at('srt', ports.srt, ''),
        whip: atWhip(''),
        play: at('rtmp', ports.rtmp, '/play'),
        h5live: h5live(),
        hls: hls(),
      }),
    seams,
    push: pushes,
    transcoding: processing.available,
    extraRoutes: (app) => {
      observeRoutes(app, log, (...asked) => gate.provoke(...asked))
      livepeerRoutes(app, {
        apiKey: () => api.apiKey,
        player: () => at('http', ports.delivery, '/player/'),
      })
      app.get('/observe/doors', async () => ({
        srt: doorOf(srt),
        srtEncrypted: doorOf(srtEncrypted),
        whip: { sessions: whip.sessions(), ...whip.media() },
        turn: { allocations: turn.allocations, relayed: turn.relayed },
      }))
      app.get('/observe/cdn', async () => ({ edges: registry.edges(nowMs()), ...origin.counts() }))
    },
  })
  const gate = createPublishGate({ hub, directory: api.directory, seams: seams.live })
  processing.transcode(hub, api.directory)

  const certificate = await createCertificate(host)
  const playout = new RtmpPlayout({
    hub,
    directory: api.directory,
    seams: seams.h5live,
    playable,
  })
  const ingest = { host, port: 0, gate, log, seams: seams.rtmp, playout }
  const rtmp = await startRtmpIngest(ingest)
  const rtmps = await startRtmpIngest({ ...ingest, tls: certificate })
  const srtIngest = { host, port: 0, gate, log, seams: seams.srt }
  const passphrase = randomBytes(12).toString('hex')
  const srt = await startSrtIngest(srtIngest)
  const srtEncrypted = await startSrtIngest({ ...srtIngest, passphrase })
  const webcaster = new WebcasterPage(() => at('rtmp', ports.rtmp, '/live'))
  const whip = await startWhipIngest({
    host: whipHost,
    port: 0,
    gate,
    log,
    seams: seams.whip,
    iceServers: () => turn.iceServers,
    pages: (request, response) => webcaster.handle(request, response),
    location: (client) => router.locate(client)?.addresses.whip,
  })
  // Clients that derive STUN and TURN from the ingest's host find them at the port of its HTTP.
  const turn = await TurnServer.openNear({
    host: whipHost,
    port: whip.port,
    mayReach: (peer) => peer.host === whipHost && peer.port === whip.mediaPort,
  })
  const playUrl = () => at('rtmp', ports.rtmp, '/play')
  const hlsEndpoint = new HlsEndpoint({
    hub,
    directory: api.directory,
    seams: seams.hls,
    playable,
  })
  const serverEndpoint = new ServerEndpoint(router)
  const delivery = await startDelivery({
    host,
    port: 0,
    hub,
    directory: api.directory,
    seams: seams.h5live,
    playUrl,
    apiUrl: () => at('http', api.port, ''),
    redirect: (request, url) => redirectToEdge(router, request, url),
    serverFor: (request) => serverEndpoint.websocketFor(request),
    endpoints: [hlsEndpoint, serverEndpoint],
  })
  const secureHls = await startSecureHls({
    host,
    port: 0,
    tls: certificate,
    endpoint: hlsEndpoint,
  })
  const origin = await startOrigin({
    host,
    port: options.feedPort ?? 0,
    secret: feedSecret,
    generation: api.generation,
    hub,
    directory: api.directory,
    registry,
    hls: hlsEndpoint,
    playUrl,
    ingest: () => ({
      rtmp: { host, port: rtmp.port },
      srt: { host, port: srt.port },
      whip: { host: whipHost, port: whip.port },
      media: { host: whipHost, port: whip.mediaPort },
    }),
  })
  ports.rtmp = rtmp.port
  ports.rtmps = rtmps.port
  ports.srt = srt.port
  ports.srtEncrypted = srtEncrypted.port
  ports.whip = whip.port
  ports.delivery = delivery.port

  function hls(): string {
    return at('http', ports.delivery, '/hls')
  }

  function h5live(): Addresses['h5live'] {
    return {
      websocket: at('ws', ports.delivery, '/h5live/stream.mp4'),
      hls: at('http', ports.delivery, '/h5live/http/playlist.m3u8'),
      progressive: at('http', ports.delivery, '/h5live/http/stream.mp4'),
    }
  }

  const base = at('http', api.port, '')
  return {
    addresses: {
      schema: 'liveproof/addresses@1',
      pid: process.pid,
      api: base,
      apiKey: api.apiKey,
      rtmp: at('rtmp', ports.rtmp, '/live'),
      rtmps: { url: at('rtmps', ports.rtmps, '/live'), ca: certificate.cert },
      srt: {
        url: at('srt', ports.srt, ''),
        encrypted: { url: at('srt', ports.srtEncrypted, ''), passphrase },
      },
      whip: {
        url: atWhip('/whip'),
        webrtc: atWhip('/p/webrtc'),
        webcaster: atWhip('/webcaster/'),
      },
      h5live: h5live(),
      hls: hls(),
      secureHls: { url: at('https', secureHls.port, '/hls'), ca: certificate.cert },
      play: playUrl(),
      player: at('http', ports.delivery, '/player/'),
      observe: `${base}/observe`,
      feed: { url: at('http', origin.port, ''), secret: feedSecret },
    },
    async close() {
      pushes.close()
      processing.close()
      await Promise.all([rtmp.close(), rtmps.close(), srt.close(), srtEncrypted.close()])
      await Promise.all([whip.close(), turn.close()])
      await Promise.all([delivery.close(), secureHls.close(), origin.close()])
      await api.close()
    },
  }
}

/** Callers, and datagrams that the kernel dropped; null where it does not tell. */
function doorOf({ sessions, kernelDrops }: SrtIngest): {
  sessions: number
  kernelDrops: number | null
} {
  return { sessions, kernelDrops }
}
