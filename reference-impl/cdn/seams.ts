import type { Packet } from '../live/packet.ts'
import type { Location } from './location.ts'

/** Where CDN faults are installed. */
export interface CdnSeams {
  /** The locations that clients may be sent to, of all that were ever heard of. */
  alive(alive: readonly Location[], known: readonly Location[]): readonly Location[]
  /** The location that a client is sent to. */
  route(chosen: Location, alive: readonly Location[]): Location
  /** Hands what comes from the origin on to an edge's viewers, at once. */
  relay(hand: (packet: Packet) => void): (packet: Packet) => void
}

export function defaultCdnSeams(): CdnSeams {
  return {
    alive: (alive) => alive,
    route: (chosen) => chosen,
    relay: (hand) => hand,
  }
}
