import { RECONNECT_GRACE_MS } from './limits.ts'
import { LiveStream, type StreamEnd } from './live-stream.ts'
import type { LiveSeams } from './seams.ts'

export interface HubOptions {
  /** How long viewers wait for a publisher that vanished, ms. */
  readonly graceMs?: number
}

/** All live streams by name. */
export class Hub {
  readonly #seams: LiveSeams
  readonly #graceMs: number
  readonly #streams = new Map<string, LiveStream>()
  readonly #listeners: ((stream: LiveStream) => void)[] = []
  readonly #graceTimers = new Map<string, NodeJS.Timeout>()

  constructor(seams: LiveSeams, options: HubOptions = {}) {
    this.#seams = seams
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
  publish(name: string): LiveStream {
    this.#stopGrace(name)
    const known = this.#streams.get(name)
    if (known !== undefined) {
      known.republish()
      return known
    }
    const stream = new LiveStream(name, this.#seams)
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
    stream.end(reason)
  }

  close(): void {
    for (const name of [...this.#streams.keys()]) this.end(name, 'shutdown')
  }

  #stopGrace(name: string): void {
    clearTimeout(this.#graceTimers.get(name))
    this.#graceTimers.delete(name)
  }
}
