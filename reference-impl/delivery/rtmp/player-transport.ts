import type { FragmentPacket, InitPacket, MetadataPacket, TrackSet } from '../../live/packet.ts'
import {
  onStatusMessage,
  type RtmpMessage,
  UserControl,
  userControlMessage,
} from '../../wire/rtmp-messages.ts'
import { NO_MEDIA } from '../h5live/refusal.ts'
import type { ViewerEnd, ViewerTransport } from '../h5live/viewer-transport.ts'
import { MAX_METADATA_BYTES } from './limits.ts'
import {
  type MediaMessage,
  mediaMessages,
  metaDataOf,
  metadataMessage,
  sequenceHeaders,
  ticksToMs,
} from './media-messages.ts'

/** What a player needs of its RTMP session. */
export interface PlayPort {
  send(messages: readonly RtmpMessage[]): void
  /** Bytes that the network has not taken yet. */
  queuedBytes(): number
  /** Bytes that the network has taken so far. */
  sentBytes(): number
  /** Nothing more will be sent: the session may end. */
  over(reason: 'stream-ended' | 'slow-reader'): void
}

export interface PlayerTransportOptions {
  /** Message stream that carries the media. */
  readonly streamId: number
  /** Frames per second as the encoder declared it, or null. */
  readonly frameRate: () => number | null
  /** Who is at the other end: a player, or a server that we publish to. */
  readonly to: 'player' | 'server'
}

/** Writes one stream over RTMP, as messages of one message stream. */
export class PlayerTransport implements ViewerTransport {
  readonly #port: PlayPort
  readonly #options: PlayerTransportOptions
  #tracks: TrackSet = {}
  #headersDue = false
  #held: RtmpMessage[] | null = null

  constructor(port: PlayPort, options: PlayerTransportOptions) {
    this.#port = port
    this.#options = options
  }

  queuedBytes(): number {
    return this.#port.queuedBytes()
  }

  sentBytes(): number {
    return this.#port.sentBytes()
  }

  /** RTMP players are told of the end alone. */
  status(): void {}

  streamInfo(): void {}

  init(packet: InitPacket): void {
    this.#tracks = packet.tracks
    this.#headersDue = true
  }

  fragment(packet: FragmentPacket): void {
    const messages = mediaMessages(packet, this.#tracks)
    if (this.#headersDue) this.#sendHeaders(messages[0]?.timestamp ?? 0)
    this.#send(messages)
  }

  /** At the time of what they belong to: players take the first time stamp for the start. */
  #sendHeaders(timestamp: number): void {
    this.#headersDue = false
    const { frameRate, to } = this.#options
    const fields = metaDataOf(this.#tracks, frameRate())
    this.#send([
      metadataMessage('onMetaData', fields, timestamp, to === 'server'),
      ...sequenceHeaders(this.#tracks, timestamp),
    ])
  }

  metadata(packet: MetadataPacket): void {
    const { handler, value, time } = packet
    const toServer = this.#options.to === 'server'
    const message = metadataMessage(handler, value, ticksToMs(time), toServer)
    if (message.payload.length <= MAX_METADATA_BYTES) this.#send([message])
  }

  together(writes: () => void): void {
    this.#held = []
    try {
      writes()
    } finally {
      const held = this.#held
      this.#held = null
      this.#port.send(held)
    }
  }

  close(end: ViewerEnd): void {
    if (this.#options.to === 'player') this.#port.send(this.#goodbye(end))
    const slow = end.kind === 'refused' && end.refused !== NO_MEDIA
    this.#port.over(slow ? 'slow-reader' : 'stream-ended')
  }

  #goodbye(end: ViewerEnd): RtmpMessage[] {
    const { streamId } = this.#options
    if (end.kind === 'refused') {
      return [onStatusMessage(streamId, 'error', 'NetStream.Play.Failed', end.refused.message)]
    }
    const why = `The stream has ended: ${end.reason}.`
    return [
      onStatusMessage(streamId, 'status', 'NetStream.Play.UnpublishNotify', why),
      userControlMessage(UserControl.streamEof, streamId),
      onStatusMessage(streamId, 'status', 'NetStream.Play.Stop', why),
    ]
  }

  #send(messages: readonly MediaMessage[]): void {
    const { streamId } = this.#options
    const addressed = messages.map((message) => ({ ...message, streamId }))
    if (this.#held === null) this.#port.send(addressed)
    else this.#held.push(...addressed)
  }
}
