import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import type { LiveStream } from '../../live/live-stream.ts'
import type { FragmentPacket, InitPacket, MetadataPacket } from '../../live/packet.ts'
import { MAX_METADATA_BYTES } from './limits.ts'
import {
  ended,
  error,
  type Message,
  metadata,
  type StatusMessage,
  type StreamInfoMessage,
  type SwitchMessage,
  streamInfo,
} from './messages.ts'
import type { RefusedRequest } from './refusal.ts'
import type { H5LiveSeams } from './seams.ts'
import type { ViewerEnd, ViewerTransport } from './viewer-transport.ts'
import { binaryFrame, PING_FRAME, textFrame } from './websocket-framing.ts'

/** RFC 6455 §7.4.1 */
const CLOSE_NORMAL = 1000
const CLOSE_GOING_AWAY = 1001

/**
 * Frames that are the same for every viewer are built once: media by its packet, texts likewise.
 * Keyed by the packet, so they live as long as it does.
 */
const mediaFrames = new WeakMap<FragmentPacket | InitPacket, Buffer>()
const metadataTexts = new WeakMap<MetadataPacket, Buffer | null>()

function mediaFrame(packet: FragmentPacket | InitPacket): Buffer {
  let frame = mediaFrames.get(packet)
  if (frame === undefined) {
    frame = binaryFrame(packet.buffer)
    mediaFrames.set(packet, frame)
  }
  return frame
}

/**
 * Writes whole WebSocket frames straight to the socket of the upgrade; `ws` did the handshake,
 * reads what the viewer sends, answers pings and closes. Both write whole frames synchronously and
 * without compression, so they cannot mix: `docs/decisions/websocket-writes.md`.
 */
export class WebSocketTransport implements ViewerTransport {
  readonly #ws: WebSocket
  readonly #socket: Duplex & { readonly bytesWritten?: number }
  readonly #seams: H5LiveSeams
  readonly #playUrl: () => string
  #stream: LiveStream | undefined

  constructor(
    ws: WebSocket,
    socket: Duplex,
    seams: H5LiveSeams,
    describe: { readonly stream: LiveStream | undefined; readonly playUrl: () => string },
  ) {
    this.#ws = ws
    this.#socket = socket
    this.#seams = seams
    this.#stream = describe.stream
    this.#playUrl = describe.playUrl
  }

  queuedBytes(): number {
    return this.#socket.writableLength
  }

  sentBytes(): number {
    return (this.#socket.bytesWritten ?? 0) - this.#socket.writableLength
  }

  text(message: Message): void {
    const sent = this.#seams.message(message)
    if (sent !== null) this.#write(textFrame(JSON.stringify(sent)))
  }

  status(message: StatusMessage): void {
    this.text(message)
  }

  switched(message: SwitchMessage): void {
    this.text(message)
  }

  changed(stream: LiveStream): void {
    this.#stream = stream
  }

  streamInfo(packet: InitPacket): void {
    this.text(this.#streamInfo(packet))
  }

  init(packet: InitPacket): void {
    this.#write(mediaFrame(packet))
  }

  fragment(packet: FragmentPacket): void {
    this.#write(mediaFrame(packet))
  }

  metadata(packet: MetadataPacket): void {
    let frame = metadataTexts.get(packet)
    if (frame === undefined) {
      const sent = this.#seams.message(metadata(packet))
      frame = sent === null ? null : textFrame(JSON.stringify(sent))
      if (frame !== null && frame.length > MAX_METADATA_BYTES) frame = null
      metadataTexts.set(packet, frame)
    }
    if (frame !== null) this.#write(frame)
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

  close(end: ViewerEnd): void {
    if (end.kind === 'refused') {
      this.refuse(end.refused)
      return
    }
    this.together(() => {
      this.text(ended(end.reason))
      this.#ws.close(end.reason === 'shutdown' ? CLOSE_GOING_AWAY : CLOSE_NORMAL, end.reason)
    })
  }

  refuse(refused: RefusedRequest): void {
    this.together(() => {
      this.text(error(refused.code, refused.message))
      this.#ws.close(refused.close, refused.message)
    })
  }

  #streamInfo(packet: InitPacket): StreamInfoMessage {
    return streamInfo({
      playUrl: this.#playUrl(),
      name: this.#stream?.name ?? '',
      tracks: packet.tracks,
      frameRate: this.#stream?.frameRate ?? null,
    })
  }

  #write(frame: Buffer): void {
    // Once a close frame is under way nothing may follow it (RFC 6455 §5.5.1).
    if (this.#ws.readyState === this.#ws.OPEN && this.#socket.writable) this.#socket.write(frame)
  }
}
