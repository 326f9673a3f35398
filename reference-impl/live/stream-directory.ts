/** States of a stream; the transitions are in `stream-states.ts`. */
export type StreamState = 'created' | 'live' | 'ended' | 'locked' | 'deleted'

/** What moves a stream from one state to another. */
export type StreamEvent = 'publish' | 'unpublish' | 'stop' | 'lock' | 'unlock' | 'delete'

export interface StreamEntry {
  readonly id: string
  readonly name: string
  readonly state: StreamState
  /** Made out of another stream by the reference itself: nobody else publishes it. */
  readonly transcode?: boolean
}

/** A stream and its other bitrates. */
export interface StreamGroup {
  /** Id of the passthrough stream. */
  readonly id: string
  /** In order; the passthrough first. */
  readonly members: readonly GroupMember[]
}

export interface GroupMember {
  readonly name: string
  /** Of a transcode; null for what an encoder publishes. */
  readonly profile: string | null
}

/** The live path's view of the API's streams. */
export interface StreamDirectory {
  /** By stream name `XXXXX-YYYYY`, case-sensitive. Deleted streams are found, with that state. */
  find(name: string): StreamEntry | undefined
  /** `publish` and `unpublish` come from ingest. False when the transition is not legal now. */
  apply(name: string, event: 'publish' | 'unpublish'): boolean
  /** The group of a stream; undefined for a stream that is alone. Deleted members are left out. */
  group?(name: string): StreamGroup | undefined
  /** The API stopped, locked or deleted a stream: its publication and viewers must end. */
  onCommand(listener: (name: string, command: 'stop' | 'lock' | 'delete') => void): void
}
