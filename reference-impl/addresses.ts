import type { EdgeReady } from './cdn/edge-ready.ts'

/** The one line that `liveproof serve --json` prints once everything listens. */
export interface Addresses {
  readonly schema: 'liveproof/addresses@1'
  readonly pid: number
  /** Base of the bintu API. */
  readonly api: string
  readonly apiKey: string
  /** `rtmp://host:port/live` */
  readonly rtmp: string
  readonly rtmps: { readonly url: string; readonly ca: string }
  readonly srt: {
    /** `srt://host:port` */
    readonly url: string
    /** The same for callers that encrypt, with a passphrase made at each start. */
    readonly encrypted: { readonly url: string; readonly passphrase: string }
  }
  readonly whip: {
    /** `http://host:port/whip`; `/NAME` follows, with the stream name as bearer token. */
    readonly url: string
    /** `http://host:port/p/webrtc`, the vendor's form: `?stream_name=NAME&stream_url=…`. */
    readonly webrtc: string
    /** A page that publishes camera and microphone; `?stream=NAME`. */
    readonly webcaster: string
  }
  readonly h5live: {
    /** `ws://host:port/h5live/stream.mp4` */
    readonly websocket: string
    /** `http://host:port/h5live/http/playlist.m3u8` */
    readonly hls: string
    /** `http://host:port/h5live/http/stream.mp4` */
    readonly progressive: string
  }
  /** `http://host:port/hls`; `/NAME/index.m3u8` follows. */
  readonly hls: string
  /** The same over TLS, with HTTP/2. */
  readonly secureHls: { readonly url: string; readonly ca: string }
  /** `rtmp://host:port/play`, the `url` parameter of an H5Live request. */
  readonly play: string
  readonly player: string
  /** Base of the observation endpoints, `X-BINTU-APIKEY` required. */
  readonly observe: string
  /** The door for edges: `liveproof edge --origin URL`, with the secret in the environment. */
  readonly feed: { readonly url: string; readonly secret: string }
  /** The edges that were started with it. */
  readonly edges?: readonly EdgeReady[]
}
