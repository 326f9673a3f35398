import type { LiveStream, StreamEnd } from '../../live/live-stream.ts'
import type { FragmentPacket, InitPacket, MetadataPacket } from '../../live/packet.ts'
import type { StatusMessage, SwitchMessage } from './messages.ts'
import type { RefusedRequest } from './refusal.ts'

/** Why a viewer's session is over. */
export type ViewerEnd =
  | { readonly kind: 'stream-ended'; readonly reason: StreamEnd }
  | { readonly kind: 'refused'; readonly refused: RefusedRequest }

/** How a viewer is written to: over WebSocket or HTTP. Nothing is written after `close`. */
export interface ViewerTransport {
  /** Bytes that the network has not taken yet. */
  queuedBytes(): number
  /** Bytes that the network has taken so far. */
  sentBytes(): number
  status(message: StatusMessage): void
  metadata(packet: MetadataPacket): void
  /** How a change to another stream goes; absent where nobody can ask for one. */
  switched?(message: SwitchMessage): void
  /** What comes from here on belongs to this stream. */
  changed?(stream: LiveStream): void
  /** What a player must know before the initialisation segment. */
  streamInfo(packet: InitPacket): void
  init(packet: InitPacket): void
  fragment(packet: FragmentPacket): void
  /** Runs `writes` so that they leave together. */
  together(writes: () => void): void
  /** Says why, then closes. */
  close(end: ViewerEnd): void
}
