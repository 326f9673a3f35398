/** How the pushing of one stream stands. */
export interface PushStatus {
  readonly state:
    | 'connecting'
    | 'pushing'
    | 'waiting' // for the next attempt
    | 'denied' // no address of the target is allowed; only another URL changes that
  /** Since the stream went live, or the URL was set. */
  readonly attempts: number
  /** Why the last attempt ended, without address and key; null while all is well. */
  readonly error: string | null
  /** ISO 8601, when the state began */
  readonly since: string
}

/** What the API tells restreaming, and asks of it. */
export interface PushControl {
  /** Null while nothing is pushed: no URL, or not live. */
  status(name: string): PushStatus | null
  /** A stream's push URL was set, or taken away. */
  changed(name: string, url: string | null): void
}
