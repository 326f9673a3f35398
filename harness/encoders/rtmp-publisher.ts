import { randomFillSync } from 'node:crypto'
import { type AmfObject, type AmfValue, amfFields } from '../../reference-impl/wire/amf0.ts'
import { buildAvcEnd } from '../../reference-impl/wire/flv-build.ts'
import { RtmpChunkReader } from '../../reference-impl/wire/rtmp-chunk-reader.ts'
import { type ChunkFormat, RtmpChunkWriter } from '../../reference-impl/wire/rtmp-chunk-writer.ts'
import { ClientHandshake } from '../../reference-impl/wire/rtmp-handshake.ts'
import {
  acknowledgementMessage,
  CONTROL_CSID,
  commandMessage,
  dataMessage,
  parseCommand,
  parseU32,
  parseUserControl,
  type RtmpMessage,
  RtmpType,
  setChunkSizeMessage,
  UserControl,
  userControlMessage,
  windowAckSizeMessage,
} from '../../reference-impl/wire/rtmp-messages.ts'
import type { RtmpWire } from './rtmp-wire.ts'

export interface PublisherOptions {
  readonly wire: RtmpWire
  /** The object of `connect`. */
  readonly connect: AmfObject
  /** With suffix and parameters. */
  readonly streamKey: string
  readonly metadata: AmfValue
  /** Sequence headers as message bodies. */
  readonly videoHeader: Uint8Array | null
  readonly audioHeader: Uint8Array | null
}

export type PublisherEvent =
  | { readonly type: 'publishing' }
  | { readonly type: 'refused'; readonly status: string; readonly message: string }
  | { readonly type: 'status'; readonly status: string }

export interface PublisherStep {
  readonly send: Buffer[]
  readonly events: PublisherEvent[]
}

/** Commands whose answer has their transaction. */
const ANSWERED = ['connect', 'createStream']
/** Digest scheme of ffmpeg's C1. */
const FFMPEG_SCHEME = 0

/**
 * An RTMP publisher without socket and clock (RTMP 1.0): bytes in; bytes and events out. What it
 * sends, and in what order, is the profile's. Throws `WireError` for bytes that are no RTMP.
 */
export class RtmpPublisher {
  readonly #options: PublisherOptions
  readonly #handshake: ClientHandshake
  readonly #reader = new RtmpChunkReader()
  readonly #writer = new RtmpChunkWriter()
  /** The last message of each chunk stream. */
  readonly #last = new Map<
    number,
    { timestamp: number; type: number; length: number; streamId: number }
  >()
  readonly #transactions = new Map<number, string>()
  #handshaken = false
  #step = 0
  #waitsFor: string | null = null
  #transaction = 0
  #streamId = 0
  #received = 0
  #acknowledged = 0
  #window = 0
  #publishing = false

  constructor(options: PublisherOptions) {
    this.#options = options
    const signed = options.wire.handshake === 'digest'
    this.#handshake = new ClientHandshake(signed ? { digest: FFMPEG_SCHEME } : {})
  }

  /** C0 and C1. */
  start(): Buffer {
    return this.#handshake.start()
  }

  push(bytes: Uint8Array): PublisherStep {
    const step: PublisherStep = { send: [], events: [] }
    this.#received += bytes.length
    let rest = bytes
    if (!this.#handshaken) {
      const answer = this.#handshake.push(bytes)
      step.send.push(...answer.send.map((c2) => this.#c2(c2)))
      if (!answer.done) return step
      this.#handshaken = true
      rest = answer.rest
      this.#advance(step)
    }
    this.#reader.push(rest, (message) => this.#receive(message, step))
    this.#acknowledge(step)
    return step
  }

  /** One frame; `timestampMs` counts from the first. */
  media(track: 'video' | 'audio', timestampMs: number, payload: Uint8Array): Buffer {
    const type = track === 'video' ? RtmpType.video : RtmpType.audio
    const timestamp = Math.trunc(timestampMs)
    return this.#write({ type, streamId: this.#streamId, timestamp, payload }, this.#csid(track))
  }

  metadata(value: AmfValue, timestampMs = 0): Buffer {
    const values = ['@setDataFrame', 'onMetaData', value]
    const message = dataMessage(values, this.#streamId, Math.trunc(timestampMs))
    return this.#write(message, this.#options.wire.csids.data)
  }

  /** The profile's goodbye; empty when it has none. */
  close(): Buffer[] {
    if (!this.#publishing) return []
    const { closing, csids } = this.#options.wire
    const messages: Buffer[] = []
    for (const part of closing) {
      if (part === 'end-of-sequence') {
        const last = this.#last.get(csids.video)?.timestamp ?? 0
        messages.push(this.media('video', last, buildAvcEnd()))
      } else if (part === 'FCUnpublish') {
        messages.push(this.#command('FCUnpublish', [null, this.#options.streamKey]))
      } else {
        const named = part === 'deleteStream-by-name'
        const which = named ? this.#options.streamKey : this.#streamId
        messages.push(this.#command('deleteStream', [null, which]))
      }
    }
    return messages
  }

  /** Sends the opening up to its next wait. */
  #advance(step: PublisherStep): void {
    const { opening } = this.#options.wire
    while (this.#waitsFor === null && this.#step < opening.length) {
      const part = opening[this.#step++]
      if (part?.startsWith('wait-')) this.#waitsFor = part.slice('wait-'.length)
      else if (part) step.send.push(...this.#open(part))
    }
    if (this.#waitsFor === null && !this.#publishing) {
      this.#publishing = true
      step.events.push({ type: 'publishing' })
    }
  }

  #open(part: RtmpWire['opening'][number]): Buffer[] {
    const { wire, streamKey, connect, metadata, videoHeader, audioHeader } = this.#options
    switch (part) {
      case 'set-chunk-size': {
        if (wire.chunkSize === null) return []
        const announced = this.#write(setChunkSizeMessage(wire.chunkSize), CONTROL_CSID)
        this.#writer.chunkSize = wire.chunkSize
        return [announced]
      }
      case 'connect':
        return [this.#command('connect', [connect])]
      case 'releaseStream':
      case 'FCPublish':
        return [this.#command(part, [null, streamKey])]
      case 'createStream':
        return [this.#command(part, [null])]
      case 'publish':
        return [this.#command(part, [null, streamKey, wire.publishType], wire.csids.publish)]
      case 'metadata':
        return [this.metadata(metadata)]
      case 'video-header':
        return videoHeader ? [this.media('video', 0, videoHeader)] : []
      case 'audio-header':
        return audioHeader ? [this.media('audio', 0, audioHeader)] : []
      default:
        return []
    }
  }

  #command(name: string, args: AmfValue[], csid = this.#options.wire.csids.command): Buffer {
    const counted = this.#options.wire.transactions === 'all' || ANSWERED.includes(name)
    const transaction = counted ? ++this.#transaction : 0
    if (counted) this.#transactions.set(transaction, name)
    const streamId = name === 'publish' ? this.#streamId : 0
    return this.#write(commandMessage({ name, transaction, args }, streamId), csid)
  }

  #receive(message: RtmpMessage, step: PublisherStep): void {
    if (message.type === RtmpType.windowAckSize) {
      this.#window = parseU32(message.payload)
    } else if (message.type === RtmpType.setPeerBandwidth) {
      if (!this.#options.wire.answersPeerBandwidth) return
      const window = windowAckSizeMessage(parseU32(message.payload))
      step.send.push(this.#write(window, CONTROL_CSID))
    } else if (message.type === RtmpType.userControl) {
      const { event, value } = parseUserControl(message.payload)
      if (event !== UserControl.pingRequest) return
      const pong = userControlMessage(UserControl.pingResponse, value)
      step.send.push(this.#write(pong, CONTROL_CSID))
    } else if (message.type === RtmpType.command || message.type === RtmpType.commandAmf3) {
      this.#answer(message, step)
    }
  }

  #answer(message: RtmpMessage, step: PublisherStep): void {
    const { name, transaction, args } = parseCommand(message.type, message.payload)
    const info = amfFields(args[1]) ?? {}
    const status = typeof info['code'] === 'string' ? info['code'] : ''
    const description = typeof info['description'] === 'string' ? info['description'] : ''
    const asked = this.#transactions.get(transaction)
    if (name === '_result') {
      if (asked === 'createStream' && typeof args[1] === 'number') this.#streamId = args[1]
      if (status) step.events.push({ type: 'status', status })
      if (asked === this.#waitsFor) this.#go(step)
    } else if (name === '_error' && (asked === 'connect' || asked === 'createStream')) {
      step.events.push({ type: 'refused', status, message: description })
    } else if (name === 'onStatus') {
      step.events.push({ type: 'status', status })
      if (info['level'] === 'error') {
        step.events.push({ type: 'refused', status, message: description })
      } else if (status === 'NetStream.Publish.Start' && this.#waitsFor === 'publish') {
        this.#go(step)
      }
    }
  }

  #go(step: PublisherStep): void {
    this.#waitsFor = null
    this.#advance(step)
  }

  /** At half the window, so that the server never waits for one (§5.4.3). */
  #acknowledge(step: PublisherStep): void {
    if (!this.#options.wire.acknowledges || this.#window === 0) return
    if (this.#received - this.#acknowledged < this.#window / 2) return
    this.#acknowledged = this.#received
    step.send.push(this.#write(acknowledgementMessage(this.#received >>> 0), CONTROL_CSID))
  }

  #c2(c2: Buffer): Buffer {
    if (this.#options.wire.handshake !== 'c2-garbage') return c2
    return randomFillSync(Buffer.alloc(c2.length))
  }

  #csid(track: 'video' | 'audio'): number {
    return this.#options.wire.csids[track]
  }

  #write(message: RtmpMessage, csid: number): Buffer {
    const bytes = this.#writer.write(message, csid, this.#format(message, csid))
    const { timestamp, type, payload, streamId } = message
    this.#last.set(csid, { timestamp, type, length: payload.length, streamId })
    return bytes
  }

  /** The header form; undefined: the shortest. Both families send time 0 and data in full. */
  #format(message: RtmpMessage, csid: number): ChunkFormat | undefined {
    const last = this.#last.get(csid)
    const media = message.type === RtmpType.audio || message.type === RtmpType.video
    const full = (media && message.timestamp === 0) || message.type === RtmpType.data
    if (full || last === undefined || message.timestamp < last.timestamp) return 0
    if (message.streamId !== last.streamId) return 0
    if (this.#options.wire.chunkFormats === 'shortest') return undefined
    return last.type === message.type && last.length === message.payload.length ? 2 : 1
  }
}
