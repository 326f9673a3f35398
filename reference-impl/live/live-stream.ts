import type { Frame, Metadata, Track } from './frame.ts'
import { type CachedPacket, GopCache } from './gop-cache.ts'
import { KeyIntervals } from './key-intervals.ts'
import { Packager } from './packager.ts'
import type { InitPacket, Packet, TrackSet } from './packet.ts'
import type { LiveSeams } from './seams.ts'
import type { Timeline } from './timeline.ts'

/** Why a stream ended for its viewers. */
export type StreamEnd =
  | 'unpublished' // the encoder said so
  | 'vanished' // the encoder did not come back within the grace time
  | 'stopped' // by the API
  | 'locked' // by the API
  | 'deleted' // by the API
  | 'shutdown'

/** Takes what a stream sends; never blocks, never throws. */
export interface Subscriber {
  packet(packet: Packet): void
  /** Called once, last. */
  end(reason: StreamEnd): void
}

/** One live stream: frames in, packets out to its subscribers, the last group kept for newcomers. */
export class LiveStream {
  readonly name: string
  readonly #packager: Packager
  readonly #cache = new GopCache()
  readonly #keys = new KeyIntervals()
  readonly #subscribers = new Set<Subscriber>()
  readonly #hand: (packet: Packet) => void
  #init: InitPacket | undefined
  #publishing = true
  #frameRate: number | null = null

  constructor(name: string, seams: LiveSeams, timeline?: Timeline) {
    this.name = name
    this.#hand = seams.pacer((packet) => this.#emit(packet))
    this.#packager = new Packager((packet) => this.#hand(packet), seams, timeline)
  }

  /** Somebody publishes now; false while viewers wait for a publisher to come back. */
  get publishing(): boolean {
    return this.#publishing
  }

  /** The initialisation segment, once there is media. */
  get init(): InitPacket | undefined {
    return this.#init
  }

  /** The tracks of the next initialisation segment, as far as they are announced. */
  get announced(): TrackSet {
    return this.#packager.announced
  }

  /** What a newcomer gets after the initialisation segment. */
  get cached(): readonly CachedPacket[] {
    return this.#cache.packets
  }

  get subscribers(): number {
    return this.#subscribers.size
  }

  /** Frames per second as the encoder declared it, or null. */
  get frameRate(): number | null {
    return this.#frameRate
  }

  /** The longest of the last intervals between key frames, ms; undefined while unknown. */
  get keyInterval(): number | undefined {
    return this.#keys.longest
  }

  /** Another publication feeds this stream from here on. */
  republish(): void {
    this.#publishing = true
    this.#frameRate = null
    this.#packager.restart()
  }

  /** The publisher vanished; subscribers stay. */
  suspend(): void {
    this.#publishing = false
    this.#packager.flush()
  }

  track(track: Track): void {
    this.#packager.track(track)
  }

  frame(frame: Frame): void {
    this.#packager.frame(frame)
  }

  metadata(metadata: Metadata): void {
    this.#frameRate = declaredFrameRate(metadata) ?? this.#frameRate
    this.#packager.metadata(metadata)
  }

  /** A packet of the same stream in another process, which packaged it. */
  relay(packet: Packet): void {
    this.#hand(packet)
  }

  /** How the stream stands in that other process. */
  relayed(state: { readonly publishing: boolean; readonly frameRate: number | null }): void {
    this.#publishing = state.publishing
    this.#frameRate = state.frameRate
  }

  subscribe(subscriber: Subscriber): void {
    this.#subscribers.add(subscriber)
  }

  unsubscribe(subscriber: Subscriber): void {
    this.#subscribers.delete(subscriber)
  }

  /** Tells all subscribers, and lets go of them. */
  end(reason: StreamEnd): void {
    this.#publishing = false
    this.#packager.flush()
    this.#cache.clear()
    for (const subscriber of this.#subscribers) subscriber.end(reason)
    this.#subscribers.clear()
  }

  #emit(packet: Packet): void {
    if (packet.kind === 'init') this.#init = packet
    if (packet.kind === 'discontinuity') this.#keys.restart()
    if (packet.kind === 'fragment') this.#keys.add(packet)
    this.#cache.add(packet, this.#init?.tracks.video !== undefined)
    for (const subscriber of this.#subscribers) subscriber.packet(packet)
  }
}

const MAX_FRAME_RATE = 1000

/** `framerate` of onMetaData, the name that all FLV writers use. */
function declaredFrameRate(metadata: Metadata): number | undefined {
  const { value } = metadata
  if (metadata.handler !== 'onMetaData' || typeof value !== 'object' || value === null)
    return undefined
  const rate = (value as { framerate?: unknown }).framerate
  return typeof rate === 'number' && rate > 0 && rate <= MAX_FRAME_RATE ? rate : undefined
}
