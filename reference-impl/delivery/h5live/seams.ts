import type { CachedPacket } from '../../live/gop-cache.ts'
import type { LiveStream } from '../../live/live-stream.ts'
import type { FragmentPacket, InitPacket } from '../../live/packet.ts'
import type { DeliveryLimits } from './limits.ts'
import type { Message } from './messages.ts'
import type { RefusedRequest } from './refusal.ts'

export type OpeningPacket = InitPacket | CachedPacket

/** Where delivery faults are installed. */
export interface H5LiveSeams {
  limits(limits: DeliveryLimits): DeliveryLimits
  /** The stream that a viewer gets, by name; `live`: the names of all live streams. */
  resolve(name: string, live: readonly string[]): string
  /** A text message to a viewer; null is not sent. */
  message(message: Message): Message | null
  /** The answer to a request that is refused; null leaves it without one. */
  refusal(refused: RefusedRequest): RefusedRequest | null
  /** Begins to serve a viewer: at once. */
  begin(serve: () => void): void
  /** The group that a late viewer gets at once. */
  cached(packets: readonly CachedPacket[]): readonly CachedPacket[]
  /** The first media that a viewer gets: initialisation segment, then fragments. */
  opening(packets: readonly OpeningPacket[]): readonly OpeningPacket[]
  /** Whether a viewer can start, or go on after a skip, with this fragment. */
  mayStart(fragment: FragmentPacket): boolean
  /** The stream that a viewer changes over to, of the one that it asked for and the one it has. */
  switchTo(wanted: LiveStream, current: LiveStream): LiveStream
  /** Made once for each viewer: takes its fragments and sends them, in order. */
  turn(send: (fragment: FragmentPacket) => void): (fragment: FragmentPacket) => void
  /** Header fields of a progressive answer. */
  progressiveHeaders(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>>
}

export function defaultH5LiveSeams(): H5LiveSeams {
  return {
    limits: (limits) => limits,
    resolve: (name) => name,
    message: (message) => message,
    refusal: (refused) => refused,
    begin: (serve) => serve(),
    cached: (packets) => packets,
    opening: (packets) => packets,
    mayStart: (fragment) => fragment.key,
    switchTo: (wanted) => wanted,
    turn: (send) => send,
    progressiveHeaders: (headers) => headers,
  }
}
