import { randomBytes } from 'node:crypto'
import type { Addresses } from './addresses.ts'
import { startApi } from './api/server.ts'
import { startDelivery } from './delivery/h5live/server.ts'
import { HlsEndpoint } from './delivery/hls/endpoint.ts'
import { startSecureHls } from './delivery/hls/secure-server.ts'
import { RtmpPlayout } from './delivery/rtmp/playout.ts'
import { PushManager } from './delivery/rtmp/push/push-manager.ts'
import { PushPolicy } from './delivery/rtmp/push/push-policy.ts'
import { CodedError } from './errors.ts'
import { faults as knownFaults } from './faults/index.ts'
import { IngestLog } from './ingest/ingest-log.ts'
import { createCertificate } from './ingest/rtmp/certificate.ts'
import { startRtmpIngest } from './ingest/rtmp/server.ts'
import { startSrtIngest } from './ingest/srt/server.ts'
import { startWhipIngest } from './ingest/whip/server.ts'
import { TurnServer } from './ingest/whip/turn-server.ts'
import { WebcasterPage } from './ingest/whip/webcaster-page.ts'
import { Hub } from './live/hub.ts'
import { createPublishGate } from './live/publish-gate.ts'
import { observeRoutes } from './observe.ts'
import { defaultSeams, type Seams } from './seams.ts'

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
}

export interface Reference {
  readonly addresses: Addresses
  /** Ends every session and closes every port. Idempotent. */
  close(): Promise<void>
}

/**
 * Puts the parts of the reference together and starts them.
 * @throws CodedError `LP_UNKNOWN_FAULT`, `LP_PUSH_ALLOW`
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

  const hub = new Hub(seams.live)
  const pushes = new PushManager({
    hub,
    policy: new PushPolicy(options.pushAllow),
    seams: seams.h5live,
    urlOf: (name) => api.pushUrlOf(name),
  })
  const api = await startApi({
    host,
    port: 0,
    dataDir: options.dataDir ?? ':memory:',
    addresses: () => ({
      rtmp: at('rtmp', ports.rtmp, '/live'),
      srt: at('srt', ports.srt, ''),
      whip: atWhip(''),
      play: at('rtmp', ports.rtmp, '/play'),
      h5live: h5live(),
      hls: hls(),
    }),
    seams,
    push: pushes,
    extraRoutes: (app) => observeRoutes(app, log, (...asked) => gate.provoke(...asked)),
  })
  const gate = createPublishGate({ hub, directory: api.directory, seams: seams.live })

  const certificate = await createCertificate(host)
  const playout = new RtmpPlayout({ hub, directory: api.directory, seams: seams.h5live })
  const ingest = { host, port: 0, gate, log, seams: seams.rtmp, playout }
  const rtmp = await startRtmpIngest(ingest)
  const rtmps = await startRtmpIngest({ ...ingest, tls: certificate })
  const srtIngest = { host, port: 0, gate, log, seams: seams.srt }
  const passphrase = randomBytes(12).toString('hex')
  const srt = await startSrtIngest(srtIngest)
  const srtEncrypted = await startSrtIngest({ ...srtIngest, passphrase })
  const webcaster = new WebcasterPage(() => at('rtmp', ports.rtmp, '/live'))
  const turn = await TurnServer.open({
    host: whipHost,
    port: 0,
    mayReach: (peer) => peer.host === whipHost && peer.port === whip.mediaPort,
  })
  const whip = await startWhipIngest({
    host: whipHost,
    port: 0,
    gate,
    log,
    seams: seams.whip,
    iceServers: () => turn.iceServers,
    pages: (request, response) => webcaster.handle(request, response),
  })
  const playUrl = () => at('rtmp', ports.rtmp, '/play')
  const hlsEndpoint = new HlsEndpoint({ hub, directory: api.directory, seams: seams.hls })
  const delivery = await startDelivery({
    host,
    port: 0,
    hub,
    directory: api.directory,
    seams: seams.h5live,
    playUrl,
    endpoints: [hlsEndpoint],
  })
  const secureHls = await startSecureHls({
    host,
    port: 0,
    tls: certificate,
    endpoint: hlsEndpoint,
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
    },
    async close() {
      pushes.close()
      await Promise.all([rtmp.close(), rtmps.close(), srt.close(), srtEncrypted.close()])
      await Promise.all([whip.close(), turn.close()])
      await Promise.all([delivery.close(), secureHls.close()])
      await api.close()
    },
  }
}

function seamsWith(ids: readonly string[]): Seams {
  const seams = defaultSeams()
  for (const id of ids) {
    const fault = knownFaults.find((candidate) => candidate.id === id)
    if (!fault) throw new CodedError('LP_UNKNOWN_FAULT', `there is no fault '${id}'`)
    fault.install(seams)
  }
  return seams
}
