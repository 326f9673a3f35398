import { RtmpChunkWriter } from '../../wire/rtmp-chunk-writer.ts'
import {
  acknowledgementMessage,
  COMMAND_CSID,
  CONTROL_CSID,
  parseU32,
  parseUserControl,
  type RtmpMessage,
  RtmpType,
  UserControl,
  userControlMessage,
} from '../../wire/rtmp-messages.ts'
import type { IngestRecorder } from '../recorder.ts'
import type { RtmpLimits } from './limits.ts'
import type { RtmpSeams } from './seams.ts'

/** Chunk stream for what concerns one message stream. */
const STATUS_CSID = 5

export interface LinkOptions {
  readonly limits: RtmpLimits
  readonly seams: RtmpSeams
  readonly recorder: IngestRecorder
  readonly now: () => number
  readonly send: (bytes: Buffer) => void
}

/** The way out of a session, and the control messages about both ways (RTMP 1.0 §5.4). */
export class RtmpLink {
  readonly #options: LinkOptions
  readonly #writer = new RtmpChunkWriter()
  #lastByteAt: number
  #lastPingAt = 0
  #bytesReceived = 0
  #bytesAcknowledged = 0
  #bytesSent = 0
  /** Where the window began that the peer must acknowledge; null: before the handshake, or overdue. */
  #windowFrom: number | null = null
  #peerWindow: number

  constructor(options: LinkOptions) {
    this.#options = options
    this.#lastByteAt = options.now()
    this.#peerWindow = options.limits.windowAckSize
  }

  /** The handshake is over: windows count from here. */
  open(): void {
    this.#windowFrom = this.#bytesSent
  }

  received(bytes: number, now: number): void {
    this.#lastByteAt = now
    this.#bytesReceived += bytes
  }

  /** When the peer will have been silent for too long, ms. */
  get pingAt(): number {
    return Math.max(this.#lastByteAt, this.#lastPingAt) + this.#options.limits.pingMs
  }

  ping(now: number): void {
    this.#lastPingAt = now
    this.send(userControlMessage(UserControl.pingRequest, Math.trunc(now) >>> 0))
  }

  /** Acknowledges once the peer's window is full. */
  acknowledge(): void {
    if (this.#bytesReceived - this.#bytesAcknowledged < this.#peerWindow) return
    this.#bytesAcknowledged = this.#bytesReceived
    this.#answer(acknowledgementMessage(this.#bytesReceived % 0x1_0000_0000))
  }

  /** A message of types 1–6; Set Chunk Size and Abort have done their work in the reader. */
  control({ type, payload }: RtmpMessage, now: number): void {
    const { recorder } = this.#options
    if (type === RtmpType.setChunkSize) {
      recorder.event(now, 'chunk-size', { size: parseU32(payload) })
    } else if (type === RtmpType.windowAckSize) {
      const size = parseU32(payload)
      recorder.event(now, 'window-ack-size', { size })
      if (size > 0) this.#peerWindow = size
    } else if (type === RtmpType.acknowledgement) {
      const sequence = parseU32(payload)
      recorder.event(now, 'ack', { sequence, bytesSent: this.#bytesSent })
      this.#windowFrom = this.#bytesSent
    } else if (type === RtmpType.userControl) {
      const { event, value } = parseUserControl(payload)
      if (event === UserControl.pingResponse) recorder.event(now, 'ping-response')
      if (event === UserControl.pingRequest) {
        this.#answer(userControlMessage(UserControl.pingResponse, value))
      }
    }
  }

  #answer(message: RtmpMessage): void {
    const sent = this.#options.seams.controlAnswer(message)
    if (sent !== null) this.send(sent)
  }

  send(...messages: readonly RtmpMessage[]): void {
    const chunks = messages.map((message) => {
      const bytes = this.#writer.write(message, csidOf(message))
      if (message.type === RtmpType.setChunkSize) this.#writer.chunkSize = parseU32(message.payload)
      return bytes
    })
    if (chunks.length > 0) this.write(Buffer.concat(chunks))
  }

  /** Bytes as they are: those of the handshake. */
  write(bytes: Buffer): void {
    this.#bytesSent += bytes.length
    this.#options.send(bytes)
    const size = this.#options.limits.publisherWindow
    if (this.#windowFrom === null || this.#bytesSent - this.#windowFrom < size) return
    const details = { size, bytesSent: this.#bytesSent }
    this.#options.recorder.event(this.#options.now(), 'window-sent', details)
    this.#windowFrom = null
  }
}

/** Media go on chunk streams of their own, so that their headers stay short. */
const MEDIA_CSID: Readonly<Record<number, number>> = {
  [RtmpType.audio]: 4,
  [RtmpType.video]: 6,
  [RtmpType.data]: 7,
}

function csidOf(message: RtmpMessage): number {
  if (message.type !== RtmpType.command) return MEDIA_CSID[message.type] ?? CONTROL_CSID
  return message.streamId === 0 ? COMMAND_CSID : STATUS_CSID
}
