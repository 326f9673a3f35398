/** Addresses of what is under test. Scenarios ask here and assume nothing. */
export interface Target {
  /** `reference`, the id of a peer, or the name in the target's file. */
  readonly name: string
  readonly kind: 'reference' | 'remote' | 'peer'
  /** Base of the bintu API, without a trailing slash; a peer has none, and names its RTMP server. */
  readonly api: string
  readonly apiKey: string
  /** What this target can do beyond the product's documented interface. */
  readonly reference?: ReferenceExtras
  /** Of a server that is no part of the workflow, but speaks some of its protocols. */
  readonly peer?: PeerExtras
  /** Where a real deployment delivers from; the reference starts its edges on demand. */
  readonly edges?: readonly TargetEdge[]
  /** Ends what was started for this target. */
  close(): Promise<void>
}

/** Only the reference has these; a scenario that uses them says `needs: 'reference'`. */
export interface ReferenceExtras {
  readonly pid: number
  /** Base of the observation endpoints. */
  readonly observe: string
  /** `rtmps://…/live` with its self-made certificate (PEM). */
  readonly rtmps: { readonly url: string; readonly ca: string }
  /** `srt://host:port` for callers that encrypt. */
  readonly srtEncrypted: { readonly url: string; readonly passphrase: string }
  /** The page that publishes a camera. */
  readonly webcaster: string
  /** The player page. */
  readonly player: string
  /** The door for edges, and the faults that they are started with. */
  readonly feed: {
    readonly url: string
    readonly secret: string
    readonly faults: readonly string[]
  }
}

/** One location that a target delivers from. */
export interface TargetEdge {
  readonly id: string
  readonly region: string
  /** Source address of clients of its region, where this machine has one. */
  readonly client?: string | undefined
  /** It is the one that this machine should be given. */
  readonly near?: boolean | undefined
  /** `ws://host:port/path`, without a query. */
  readonly h5live: string
  readonly progressive?: string | undefined
  /** `http://host:port/hls`; `/NAME/index.m3u8` follows. */
  readonly hls?: string | undefined
  /** `rtmp://host:port/app` */
  readonly rtmp?: string | undefined
  /** `srt://host:port` */
  readonly srt?: string | undefined
  /** `http://host:port` of its WHIP endpoints. */
  readonly whip?: string | undefined
  /** Where liveproof started it. */
  readonly pid?: number
  /** SIGKILL; resolves when it is gone. */
  kill?(): Promise<void>
}

/** Plain data: it travels to the workers in which scenarios run. */
export interface PeerExtras {
  /** `rtmp://host:port/app`, to publish and to play. */
  readonly rtmp: string
  /** Tells names that may be published from others; never leaves this machine. */
  readonly secret: string
  /** Holds the process id: a peer that ended is started again. */
  readonly pidFile: string
}

/** A stream as the API describes it, reduced to what encoders and viewers need. */
export interface TargetStream {
  readonly id: string
  readonly name: string
  readonly ingest: {
    readonly rtmp: string
    /** Complete SRT address, stream id included; absent where the target has none. */
    readonly srt?: string
    /** WHIP endpoint and its bearer token; absent where the target has none. */
    readonly whip?: { readonly url: string; readonly token: string }
    /** WHIP endpoint without a token, as webcasters use it; absent where the target has none. */
    readonly webrtc?: string
  }
  readonly playout: {
    /** Complete WebSocket address, query included. */
    readonly h5live: string
    /** Complete HTTP address of the progressive MP4, query included. */
    readonly progressive: string
    /** The H5Live player's source parts. */
    readonly rtmp: { readonly url: string; readonly streamname: string }
    /** The playlist of HLS and LL-HLS; absent where the target has none. */
    readonly hls?: string
    /** Complete RTMP address to play from; absent where the target has none. */
    readonly play?: string
  }
}
