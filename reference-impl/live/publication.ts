import type { Frame, Metadata, Track } from './frame.ts'

/** Who wants to publish. */
export interface Publisher {
  readonly protocol: 'rtmp' | 'rtmps' | 'srt' | 'whip'
  readonly session: string
  /** Remote address, `host:port`. */
  readonly remote: string
  /** Parameters behind the stream name (`NAME?k=v`). */
  readonly params: Readonly<Record<string, string>>
}

/** What an encoder can be made to cope with; see `LivePublishGate.provoke`. */
export type Provocation = 'drop' | 'refuse' | 'replace'

/** Why a publish was refused. */
export type Refusal = 'unknown' | 'locked' | 'deleted' | 'duplicate' | 'bad-name' | 'busy'

export type PublishDecision =
  | { readonly ok: true; readonly publication: Publication }
  | { readonly ok: false; readonly refusal: Refusal }

/** Why a publication ended, said by whoever ended it. */
export type EndReason =
  | 'unpublished' // the encoder said so
  | 'disconnected' // the connection closed without a word
  | 'silent' // nothing arrived for the deadline
  | 'replaced' // another publisher took over
  | 'stopped' // by the API
  | 'locked' // by the API
  | 'deleted' // by the API
  | 'dropped' // cut on request, to see what the encoder does
  | 'protocol-error'
  | 'shutdown'

/** The right to feed one live stream; held by one ingest session at a time. */
export interface Publication {
  readonly streamName: string
  /** Announces a track, or its change; before its first frame. */
  track(track: Track): void
  frame(frame: Frame): void
  metadata(metadata: Metadata): void
  /** Gives the right back. Idempotent: only the first reason counts. */
  end(reason: EndReason): void
  /** Called at most once, when somebody else ended this publication. The session must close then. */
  onRevoked(listener: (reason: EndReason) => void): void
}

/** What ingest asks before it says Publish.Start, 201, or accepts a caller. */
export interface PublishGate {
  /** Decides within its own deadline (webhooks may be asked); never rejects. */
  request(streamName: string, publisher: Publisher): Promise<PublishDecision>
}
