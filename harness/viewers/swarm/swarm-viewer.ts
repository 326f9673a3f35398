import type { Connection, Receiver } from './connection.ts'
import type { ViewerSeen } from './viewer-seen.ts'

/** What a viewer of any format is to the crowd that it belongs to. */
export interface SwarmViewer extends Receiver {
  readonly connection: Connection
  readonly seen: ViewerSeen
  /** Wants to leave, politely where its protocol knows how. */
  leave(): void
  /** Something to do at a time: a request that is made again. `now`: ms */
  tick?(now: number): void
}

/** How a viewer's end is told to its crowd. */
export type OnGone = (viewer: SwarmViewer, reason: string) => void

export interface ViewerSetup {
  readonly seen: ViewerSeen
  readonly onGone: OnGone
  readonly buffer: Buffer
  readonly readRate: number
}
