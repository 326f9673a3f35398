import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import type { StatusMessage } from '../delivery/h5live/messages.ts'
import type { ViewerEnd, ViewerTransport } from '../delivery/h5live/viewer-transport.ts'
import { binaryFrame, PING_FRAME, textFrame } from '../delivery/h5live/websocket-framing.ts'
import type { FragmentPacket, InitPacket, MetadataPacket } from '../live/packet.ts'
import { type FeedNote, writeFragmentRecord, writeInitRecord } from './feed-record.ts'
import { wallOffset } from './wall-offset.ts'

/** Records are written once for all edges; they live as long as their packet does. */
const records = new WeakMap<FragmentPacket | InitPacket, Buffer>()

function recordFrame(packet: FragmentPacket | InitPacket): Buffer {
  let frame = records.get(packet)
  if (frame === undefined) {
    frame = binaryFrame(
      packet.kind === 'init' ? writeInitRecord(packet) : writeFragmentRecord(packet, wallOffset()),
    )
    records.set(packet, frame)
  }
  return frame
}

/** An edge that pulls one stream, written to as a viewer is: `Viewer` decides what it gets. */
export class FeedTransport implements ViewerTransport {
  readonly #ws: WebSocket
  readonly #socket: Duplex & { readonly bytesWritten?: number }

  constructor(ws: WebSocket, socket: Duplex) {
    this.#ws = ws
    this.#socket = socket
  }

  queuedBytes(): number {
    return this.#socket.writableLength
  }

  sentBytes(): number {
    return (this.#socket.bytesWritten ?? 0) - this.#socket.writableLength
  }

  note(note: FeedNote): void {
    this.#write(textFrame(JSON.stringify(note)))
  }

  status({ data }: StatusMessage): void {
    if (data.status !== 'discontinuity') return
    const { reason, init = false, sequence = 0 } = data
    if (isDiscontinuity(reason)) this.note({ type: 'discontinuity', reason, init, sequence })
  }

  metadata({ handler, value, time }: MetadataPacket): void {
    this.note({ type: 'metadata', handler, value, time })
  }

  /** The tracks are in the record of the initialisation segment. */
  streamInfo(): void {}

  init(packet: InitPacket): void {
    this.#write(recordFrame(packet))
  }

  fragment(packet: FragmentPacket): void {
    this.#write(recordFrame(packet))
  }

  together(writes: () => void): void {
    this.#socket.cork()
    try {
      writes()
    } finally {
      this.#socket.uncork()
    }
  }

  ping(): void {
    this.#write(PING_FRAME)
  }

  /** A pull that is given up (no media came, or it takes none) is cut: the edge asks again. */
  close(end: ViewerEnd): void {
    if (end.kind === 'stream-ended') this.note({ type: 'end', reason: end.reason })
    this.#ws.close()
  }

  #write(frame: Buffer): void {
    // Nothing may follow a close frame (RFC 6455 §5.5.1).
    if (this.#ws.readyState === this.#ws.OPEN && this.#socket.writable) this.#socket.write(frame)
  }
}

type Discontinuity = Extract<FeedNote, { type: 'discontinuity' }>['reason']

function isDiscontinuity(reason: string | undefined): reason is Discontinuity {
  return ['republished', 'timestamp-jump', 'tracks-changed', 'skipped'].includes(reason ?? '')
}
