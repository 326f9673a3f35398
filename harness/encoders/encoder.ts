import type { PathAhead } from './path-ahead.ts'
import type { Profile } from './profile.ts'

/** Why an encoder ended. */
export type EncoderEnd =
  | 'stopped' // by stop(), the duration or the signal: with the profile's goodbye
  | 'aborted' // by abort(): the connection was cut
  | 'refused' // the target said no, at a reconnect
  | 'disconnected' // the connection was lost, and the profile gave up

export interface EncoderStats {
  /** Access units and audio frames, all connections together. */
  framesSent: number
  /** Dropped on purpose, as the profile does in congestion. */
  framesDropped: number
  bytesSent: number
  /** Sends behind their schedule by `LATE_MS` or more that were not the network's fault. */
  lateSends: number
  /** ms, the worst of all sends */
  maxLatenessMs: number
  reconnects: number
  /** The last status of the target, such as `NetStream.Publish.Start`. */
  lastStatus: string | null
}

export interface Encoder {
  readonly profile: Profile
  readonly streamName: string
  /** In every stamp of this encoder. */
  readonly streamTag: string
  readonly stats: Readonly<EncoderStats>
  /** Settles once, never rejects. */
  readonly closed: Promise<{ readonly reason: EncoderEnd; readonly message: string }>
  /** Ends as the profile does; resolves once the connection is closed. Idempotent. */
  stop(): Promise<void>
  /** Vanishes: the connection is cut, and there is no reconnect. */
  abort(): void
  /** Cuts the connection as a lost network would: the profile reconnects, or gives up. */
  drop(): void
  /** Sends nothing, with the connection open. */
  pause(): void
  /** Goes on with the next key frame at the time that is then. */
  resume(): void
  /** Called each time that publishing has started again. */
  onReconnect(listener: () => void): void
}

export interface EncoderOptions {
  /** A profile, or the id of one in `fixtures/profiles`. */
  readonly profile: Profile | string
  readonly to: {
    /** `rtmp://host:port/app` or `rtmps://…`; `http(s)://…` of a WHIP endpoint. */
    readonly url: string
    /** With parameters, if any: `NAME?k=v`. */
    readonly streamName: string
  }
  /** PEM of the authority that signed the target's certificate. */
  readonly tls?: { readonly ca: string }
  /** The link that the connection goes through, where that is a modelled one. */
  readonly ahead?: PathAhead
  /** Others that begin with it: resolves to when, in ms of `nowMs`, once all are connected. */
  readonly together?: () => Promise<number>
  /** Stops the encoder. */
  readonly signal?: AbortSignal
  /** ms of publishing, then a graceful stop */
  readonly durationMs?: number
  /** Other clips than the profile's: a name in `fixtures/clips`, or the path of an FLV file. */
  readonly clipOverride?: { readonly video?: string | null; readonly audio?: string | null }
}
