import type { PeerExtras } from '../target.ts'

/** Where one run of a peer lives. */
export interface PeerPlace {
  /** Its own folder, removed afterwards. */
  readonly dir: string
  /** Free loopback ports: RTMP, and one for whatever else it needs. */
  readonly rtmpPort: number
  readonly otherPort: number
  readonly secret: string
}

export interface PeerCommand {
  readonly file: string
  readonly args: readonly string[]
  /** Written into the folder before it starts. */
  readonly files: Readonly<Record<string, string>>
}

/** A media server that is not ours, as a target: it speaks RTMP, and names streams by a rule. */
export interface Peer {
  readonly id: string
  readonly summary: string
  /** Why it cannot be started here, or null. */
  missing(): string | null
  /** Its version; null where it is missing. */
  version(): string | null
  /** Starts it in the foreground, on loopback only, by its own documented settings. */
  command(place: PeerPlace): PeerCommand
  /** A name that may be published, as `publish` says it; any other one may not. */
  streamName(extras: PeerExtras): string
}
