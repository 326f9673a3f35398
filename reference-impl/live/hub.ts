import { RECONNECT_GRACE_MS } from './limits.ts'
import { LiveStream, type StreamEnd } from './live-stream.ts'
import type { LiveSeams } from './seams.ts'
import { GroupTimeline, type Timeline } from './timeline.ts'

export interface HubOptions {
  /** How long viewers wait for a publisher that vanished, ms. */
  readonly graceMs?: number
  /** The id of a stream's group; undefined for a stream that is alone. */
  readonly groupOf?: (name: string) => string | undefined
}

/** All live streams by name. */
export class Hub {
  readonly #seams: LiveSeams
  readonly #graceMs: number
  readonly #groupOf: (name: string) => string | undefined
  /** By the id of a group, as long as one of its streams lives. */
  readonly #groups = new Map<string, { readonly timeline: GroupTimeline; names: Set<string> }>()
  readonly #streams = new Map<string, LiveStream>()
  readonly #listeners: ((stream: LiveStream) => void)[] = []
  readonly #graceTimers = new Map<string, NodeJS.Timeout>()

  constructor(seams: LiveSeams, options: HubOptions = {}) {
    this.#seams = seams
    this.#groupOf = options.groupOf ?? (() => undefined)
    this.#graceMs = seams.graceMs(options.graceMs ?? RECONNECT_GRACE_MS)
  }

  /** A stream that is live, or whose publisher has just vanished (`publishing` tells). */
  get(name: string): LiveStream | undefined {
    return this.#streams.get(name)
  }

  get streams(): readonly LiveStream[] {
    return [...this.#streams.values()]
  }

  /** Calls `listener` with each stream that comes to life, before its first media. */
  onStream(listener: (stream: LiveStream) => void): void {
    this.#listeners.push(listener)
  }

  /** A publication begins: a new stream, or the same one again when its viewers still wait. */
  publish(name: string, timeline = this.#timelineOf(name)): LiveStream {
    this.#stopGrace(name)
    const known = this.#streams.get(name)
    if (known !== undefined) {
      known.republish()
      return known
    }
    const stream = new LiveStream(name, this.#seams, timeline)
    this.#streams.set(name, stream)
    for (const listener of this.#listeners) listener(stream)
    return stream
  }

  /** The publisher vanished: viewers wait for it, but not for ever. */
  suspend(name: string): void {
    const stream = this.#streams.get(name)
    if (stream === undefined) return
    stream.suspend()
    this.#stopGrace(name)
    if (this.#graceMs <= 0) {
      this.end(name, 'vanished')
      return
    }
    const timer = setTimeout(() => this.end(name, 'vanished'), this.#graceMs)
    this.#graceTimers.set(name, timer.unref())
  }

  /** The stream is over for its viewers. */
  end(name: string, reason: StreamEnd): void {
    this.#stopGrace(name)
    const stream = this.#streams.get(name)
    if (stream === undefined) return
    this.#streams.delete(name)
    this.#leaveGroup(name)
    stream.end(reason)
  }

  close(): void {
    for (const name of [...this.#streams.keys()]) this.end(name, 'shutdown')
  }

  #timelineOf(name: string): Timeline | undefined {
    const id = this.#groupOf(name)
    if (id === undefined) return undefined
    let group = this.#groups.get(id)
    if (group === undefined) {
      group = { timeline: new GroupTimeline(), names: new Set() }
      this.#groups.set(id, group)
    }
    group.names.add(name)
    return group.timeline
  }

  #leaveGroup(name: string): void {
    for (const [id, { names }] of this.#groups) {
      if (names.delete(name) && names.size === 0) this.#groups.delete(id)
    }
  }

  #stopGrace(name: string): void {
    clearTimeout(this.#graceTimers.get(name))
    this.#graceTimers.delete(name)
  }
}
