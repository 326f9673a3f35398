import { randomBytes } from 'node:crypto'
import { TargetError } from '../../errors.ts'
import { type ChunkOptions, MESSAGE, setChunkSize } from './craft/chunk.ts'
import { accessUnit, audioFrame, audioHeader, videoFrame, videoHeader } from './craft/media.ts'
import type { RawClient } from './raw-client.ts'
import { type Place, tryPublish } from './raw-session.ts'

const VIDEO_CSID = 6
const AUDIO_CSID = 4

/** What a frame was when it was sent. */
export interface SentFrame {
  readonly number: number
  /** ms of the stream's own clock */
  readonly timestamp: number
  readonly key: boolean
  readonly unit: Buffer
}

/** A publisher whose every access unit can be told apart; it sends only what it is told to. */
export class RawPublisher {
  readonly client: RawClient
  readonly streamId: number
  /** Marks this publisher's frames: the stamp's stream tag. */
  readonly tag = randomBytes(4).toString('hex')
  readonly sent: SentFrame[] = []

  private constructor(client: RawClient, streamId: number) {
    this.client = client
    this.streamId = streamId
  }

  /** @throws TargetError LP_RTMP_PUBLISH_REFUSED when a stream that may be published is not */
  static async start(place: Place): Promise<RawPublisher> {
    const attempt = await tryPublish(place)
    if (attempt?.started) return new RawPublisher(attempt.client, attempt.streamId)
    attempt?.client.destroy()
    const why = attempt?.statuses.map((it) => `${it.code} ${it.description}`).join(', ')
    throw new TargetError(
      'LP_RTMP_PUBLISH_REFUSED',
      `publishing ${place.streamName} at ${place.url} was not started: ${why || 'no answer'}`,
    )
  }

  /** Takes over a session that somebody else brought to where media can be sent. */
  static adopt(client: RawClient, streamId: number): RawPublisher {
    return new RawPublisher(client, streamId)
  }

  /** Announces and uses another chunk size, bytes. */
  async announceChunkSize(size: number): Promise<void> {
    await this.client.send(setChunkSize(size))
    this.client.chunkSize = size
  }

  /** The sequence headers of both tracks: a server that knows them need not wait for the other. */
  async headers(timestamp = 0): Promise<void> {
    await this.video(videoHeader(), timestamp)
    await this.audio(timestamp, true)
  }

  async video(body: Buffer, timestamp: number, options: Partial<ChunkOptions> = {}): Promise<void> {
    const message = { type: MESSAGE.video, stream: this.streamId, timestamp, body }
    await this.client.message(message, { csid: VIDEO_CSID, ...options })
  }

  /** Makes the next frame, to be sent by the caller in its own way. */
  nextFrame(timestamp: number, options: { key?: boolean; size?: number } = {}): SentFrame {
    const number = this.sent.length
    const key = options.key ?? number === 0
    const unit = accessUnit(this.tag, {
      number,
      key,
      ...(options.size ? { size: options.size } : {}),
    })
    const frame = { number, timestamp, key, unit }
    this.sent.push(frame)
    return frame
  }

  /** Makes and sends the next frame with a full header. */
  async frame(
    timestamp: number,
    options: { key?: boolean; size?: number; chunk?: Partial<ChunkOptions> } = {},
  ): Promise<SentFrame> {
    const frame = this.nextFrame(timestamp, options)
    await this.video(videoFrame(frame.unit, frame.key), timestamp, options.chunk)
    return frame
  }

  async audio(timestamp: number, header = false): Promise<void> {
    const body = header ? audioHeader() : audioFrame()
    const message = { type: MESSAGE.audio, stream: this.streamId, timestamp, body }
    await this.client.message(message, { csid: AUDIO_CSID })
  }

  /** FCUnpublish, deleteStream, FIN. */
  async stop(streamName: string): Promise<void> {
    await this.client.command('FCUnpublish', [null, streamName])
    await this.client.command('deleteStream', [null, this.streamId])
    this.client.end()
  }
}
