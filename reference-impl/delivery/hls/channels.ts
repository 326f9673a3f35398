import type { Hub } from '../../live/hub.ts'
import type { LiveStream } from '../../live/live-stream.ts'
import type { StreamDirectory } from '../../live/stream-directory.ts'
import { isStreamName } from '../../live/stream-name.ts'
import {
  badParameter,
  LOCKED,
  NOT_FOUND,
  NOT_LIVE,
  type RefusedRequest,
} from '../h5live/refusal.ts'
import { HlsChannel, type Sibling } from './channel.ts'
import type { HlsLimits } from './limits.ts'
import type { HlsSeams } from './seams.ts'

export type ChannelAnswer =
  | { readonly ok: true; readonly channel: HlsChannel }
  | { readonly ok: false; readonly refused: RefusedRequest }

/** One bitrate of a multivariant playlist. */
export interface Variant {
  readonly name: string
  readonly channel: HlsChannel
}

export interface HlsChannelsOptions {
  readonly hub: Hub
  readonly directory: StreamDirectory
  readonly seams: HlsSeams
  readonly limits: HlsLimits
  /** What HLS players get in the place of a stream that they cannot play. */
  readonly playable?: (stream: LiveStream) => LiveStream
}

/** The streams that are being cut for HLS, by name; each is made by the first request for it. */
export class HlsChannels {
  readonly #options: HlsChannelsOptions
  readonly #channels = new Map<string, HlsChannel>()

  constructor(options: HlsChannelsOptions) {
    this.#options = options
  }

  /** Requests that wait, over all streams. */
  get waiting(): number {
    let sum = 0
    for (const { waiting } of this.#channels.values()) sum += waiting
    return sum
  }

  /** What a request for this stream gets. `now`: ms */
  find(name: string, now: number): ChannelAnswer {
    if (!isStreamName(name)) return { ok: false, refused: badParameter('This is no stream name.') }
    const entry = this.#options.directory.find(name)
    if (entry === undefined || entry.state === 'deleted') return { ok: false, refused: NOT_FOUND }
    if (entry.state === 'locked') return { ok: false, refused: LOCKED }
    const channel = this.#channelOf(name, now)
    if (channel === undefined) return { ok: false, refused: NOT_LIVE }
    channel.used(now)
    return { ok: true, channel }
  }

  /**
   * Every bitrate that a request for this stream's multivariant playlist is told of, in the order of
   * its group; each is cut from now on. A later member stands for itself alone. `now`: ms
   */
  variants(name: string, now: number): Variant[] {
    const members = this.#options.directory.group?.(name)?.members ?? []
    const names = members[0]?.name === name ? members.map((member) => member.name) : [name]
    return names.flatMap((one) => {
      const found = this.find(one, now)
      return found.ok ? [{ name: one, channel: found.channel }] : []
    })
  }

  /** Lets go of what nobody asks for, and of what has ended long ago. `now`: ms */
  tick(now: number): void {
    const { limits, hub } = this.#options
    for (const [name, channel] of this.#channels) {
      const endedFor = channel.endedFor(now)
      if (endedFor !== undefined && endedFor > limits.keepEndedMs) this.#remove(name, channel)
      else if (endedFor !== undefined) continue
      else if (channel.stream !== undefined && channel.idleFor(now) > limits.idleMs)
        channel.detach()
      // Its numbers are kept while its stream lives, so that they only grow.
      else if (channel.stream === undefined && hub.get(name) === undefined) {
        this.#remove(name, channel)
      }
    }
  }

  close(): void {
    for (const [name, channel] of this.#channels) this.#remove(name, channel)
  }

  #channelOf(name: string, now: number): HlsChannel | undefined {
    const { hub, seams, limits, playable = (one) => one } = this.#options
    const stream = hub.get(name)
    const known = this.#channels.get(name)
    if (stream === undefined) return known?.endedFor(now) === undefined ? undefined : known
    if (known === undefined && !stream.publishing) return undefined
    const siblings = () => this.#siblingsOf(name)
    const channel = known ?? new HlsChannel(now36(), seams, limits, now, siblings)
    this.#channels.set(name, channel)
    channel.attach(playable(stream))
    return channel
  }

  #siblingsOf(name: string): Sibling[] {
    const members = this.#options.directory.group?.(name)?.members ?? []
    return members.flatMap((member) => {
      const channel = member.name === name ? undefined : this.#channels.get(member.name)
      const live = channel?.stream !== undefined
      return live ? [{ name: member.name, window: channel.window }] : []
    })
  }

  #remove(name: string, channel: HlsChannel): void {
    channel.close()
    this.#channels.delete(name)
  }
}

function now36(): string {
  return Date.now().toString(36)
}
