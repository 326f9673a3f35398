import type { HostPort } from '../network/link-proxy.ts'

/** What passed a door: bytes of a TCP connection, or one datagram. */
export interface Passed {
  /** Counts connections, and UDP callers, from 0. */
  readonly caller: number
  /** Up is from the encoder to the ingest. */
  readonly way: 'up' | 'down'
  /** ms, `nowMs` */
  readonly at: number
  readonly bytes: Buffer
}

export interface TapOptions {
  /** The ingest. */
  readonly to: HostPort
  readonly onPassed: (passed: Passed) => void
}

/** Passes everything on as it is, and shows it. */
export interface Tap {
  /** Opens one more address; may be called several times. */
  listen(at: HostPort): Promise<HostPort>
  close(): Promise<void>
}
