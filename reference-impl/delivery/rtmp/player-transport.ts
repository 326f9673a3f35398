import type { StreamEnd } from '../../live/live-stream.ts'
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
  inBandMessage,
  type MediaMessage,
  mediaMessages,
  metaDataMessage,
  sequenceHeaders,
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

/** Writes one stream to one RTMP player, as messages of one message stream. */
export class PlayerTransport implements ViewerTransport {
  readonly #port: PlayPort
  readonly #streamId: number
  readonly #name: string
  readonly #frameRate: () => number | null
  #tracks: TrackSet = {}
  #headersDue = false
  #held: RtmpMessage[] | null = null

  constructor(port: PlayPort, streamId: number, name: string, frameRate: () => number | null) {
    this.#port = port
    this.#streamId = streamId
    this.#name = name
    this.#frameRate = frameRate
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
    this.#send([
      { ...metaDataMessage(this.#tracks, this.#frameRate()), timestamp },
      ...sequenceHeaders(this.#tracks, timestamp),
    ])
  }

  metadata(packet: MetadataPacket): void {
    const message = inBandMessage(packet.handler, packet.value, packet.time)
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
    if (end.kind === 'refused') {
      const { message } = end.refused
      this.#port.send([onStatusMessage(this.#streamId, 'error', 'NetStream.Play.Failed', message)])
      this.#port.over(end.refused === NO_MEDIA ? 'stream-ended' : 'slow-reader')
      return
    }
    this.#port.send([
      onStatusMessage(
        this.#streamId,
        'status',
        'NetStream.Play.UnpublishNotify',
        `${this.#name} has ended: ${end.reason satisfies StreamEnd}.`,
      ),
      userControlMessage(UserControl.streamEof, this.#streamId),
      onStatusMessage(this.#streamId, 'status', 'NetStream.Play.Stop', `${this.#name} stopped.`),
    ])
    this.#port.over('stream-ended')
  }

  #send(messages: readonly MediaMessage[]): void {
    const streamId = this.#streamId
    const addressed = messages.map((message) => ({ ...message, streamId }))
    if (this.#held === null) this.#port.send(addressed)
    else this.#held.push(...addressed)
  }
}
