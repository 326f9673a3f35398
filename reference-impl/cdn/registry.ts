import type { EdgeHello, EdgeLoad } from './control-message.ts'
import { GONE_KEPT_MS, HEARTBEAT_DEADLINE_MS, MAX_EDGES } from './limits.ts'
import type { Location } from './location.ts'

/** One edge as its origin knows it. */
export interface KnownEdge extends Location {
  readonly pid: number
  readonly alive: boolean
  /** ms since its last sign of life. */
  readonly heardAgoMs: number
  readonly load: EdgeLoad
}

interface Entry {
  readonly hello: EdgeHello
  load: EdgeLoad
  heardAt: number
  goneAt: number | undefined
  /** Clients sent there that its own count cannot hold yet; fades with its heartbeats. */
  sent: number
}

const NO_LOAD: EdgeLoad = {
  viewers: 0,
  streams: [],
  publishers: 0,
  datagrams: 0,
  rssBytes: 0,
  cpuMs: 0,
}

/**
 * The one place that knows which edges there are: the origin's. Edges say who they are and keep
 * saying that they live; nobody else decides. No I/O, no clock: times are given, ms.
 */
export class EdgeRegistry {
  readonly #entries = new Map<string, Entry>()

  /** A key that stands for this connection of the edge; undefined when there are too many edges. */
  connected(hello: EdgeHello, now: number): object | undefined {
    this.#forget(now)
    // An edge that was started again is itself: its old connection counts no more.
    if (!this.#entries.has(hello.id) && this.#entries.size >= MAX_EDGES) return undefined
    const entry: Entry = { hello, load: NO_LOAD, heardAt: now, goneAt: undefined, sent: 0 }
    this.#entries.set(hello.id, entry)
    return entry
  }

  heartbeat(key: object, load: EdgeLoad, now: number): void {
    const entry = this.#own(key)
    if (entry === undefined) return
    entry.load = load
    entry.heardAt = now
    entry.sent = Math.floor(entry.sent / 2)
  }

  disconnected(key: object, now: number): void {
    const entry = this.#own(key)
    if (entry !== undefined) entry.goneAt ??= now
  }

  /** A client was sent there. */
  sentTo(id: string): void {
    const entry = this.#entries.get(id)
    if (entry !== undefined) entry.sent += 1
  }

  /** All edges, those that are gone for a while too. */
  edges(now: number): KnownEdge[] {
    this.#forget(now)
    return [...this.#entries.values()].map((entry) => {
      const { id, region, addresses, capacity, pid } = entry.hello
      const heardAgoMs = now - entry.heardAt
      return {
        id,
        region,
        addresses,
        capacity,
        pid,
        viewers: entry.load.viewers + entry.sent,
        alive: entry.goneAt === undefined && heardAgoMs <= HEARTBEAT_DEADLINE_MS,
        heardAgoMs,
        load: entry.load,
      }
    })
  }

  #own(key: object): Entry | undefined {
    const entry = key as Entry
    return this.#entries.get(entry.hello.id) === entry ? entry : undefined
  }

  #forget(now: number): void {
    for (const [id, { goneAt }] of this.#entries) {
      if (goneAt !== undefined && now - goneAt > GONE_KEPT_MS) this.#entries.delete(id)
    }
  }
}
