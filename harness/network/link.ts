import type { DecisionLog } from './decision-log.ts'
import type { Direction } from './direction.ts'
import type { DirectionStats } from './direction-stats.ts'
import type { HostPort } from './link-proxy.ts'
import type { LinkFile, SettingsChange, Step } from './link-spec.ts'
import type { LoadedLink } from './load-link.ts'

export type Protocol = 'tcp' | 'udp'

/**
 * `proxy`: in this process, on any machine, with a seed. `netem`: by Linux's own qdisc, as root,
 * where the kernel has it; its randomness is the kernel's.
 */
export type LinkBackend = 'proxy' | 'netem'

export interface OpenLinkOptions {
  /** Id of a preset, or the path of a JSON file. */
  readonly preset?: string
  /** A link described in code; instead of `preset`. */
  readonly spec?: LinkFile | LoadedLink
  /** The same seed makes the same decisions. */
  readonly seed: number
  readonly to: HostPort
  readonly protocol: Protocol
  /** 127.0.0.1 and any free port unless told otherwise. */
  readonly listen?: Partial<HostPort>
  /** `proxy` unless told otherwise. */
  readonly backend?: LinkBackend
}

/** Fields for one direction or for both; those of one direction go first. */
export interface LinkChange {
  readonly up?: SettingsChange
  readonly down?: SettingsChange
  readonly both?: SettingsChange
}

export type Way = 'up' | 'down' | 'both'

export interface LinkStats {
  readonly up: DirectionStats
  readonly down: DirectionStats
  /** Deliveries, and those that came more than 20 ms after they were due. */
  readonly deliveries: number
  readonly late: number
  /** ms after its due time, 99 of 100 deliveries at most */
  readonly latenessP99Ms: number
  /** False when so much was late that the link did not do what it says. */
  readonly fit: boolean
  /** Datagrams that the kernel lost at the link's own sockets; null where unknown, or over TCP. */
  readonly kernelDrops: number | null
  /** Datagrams that could not be sent on, most often because nobody listens there. */
  readonly sendErrors: number
  /** TCP connections or UDP peers at present. */
  readonly open: number
  /** How TCP connections ended. */
  readonly ends: Readonly<Record<string, number>>
}

/** An impaired link between clients, which use its `address`, and a server. */
export interface Link {
  /** Id of the preset or of the description. */
  readonly id: string
  readonly protocol: Protocol
  readonly seed: number
  readonly address: HostPort
  /** ms of `nowMs` at which it opened: zero of all its times */
  readonly openedAt: number
  readonly up: Direction
  readonly down: Direction
  /** Another address that leads to another server over the same link. */
  also(to: HostPort, listen?: Partial<HostPort>): Promise<HostPort>
  /** @throws UsageError `LP_LINK_INVALID` */
  set(change: LinkChange): void
  /** Nothing gets through for `ms`; resolves when it is over, or the link is closed. */
  blackout(ms: number, way?: Way): Promise<void>
  /** From now on; times count from now. @throws UsageError `LP_LINK_INVALID`, `LP_LINK_SCHEDULE` */
  schedule(steps: readonly Step[], options?: { way?: Way; loopMs?: number }): void
  /** Bytes that the link has read from the TCP client at this port; null when there is none. */
  taken(clientPort: number): number | null
  /** Called whenever the link has read from a TCP client; returns how to stop that. */
  onTaken(listener: () => void): () => void
  /** Resets every TCP connection, as a middlebox does. */
  reset(): void
  /** From now on, nothing of the TCP connections that are open now passes; new ones are not touched. */
  halfOpen(on: boolean): void
  /** New source ports towards the server, UDP. */
  rebind(): void
  stats(): LinkStats
  log(): { readonly up: DecisionLog; readonly down: DecisionLog }
  close(): Promise<void>
}
