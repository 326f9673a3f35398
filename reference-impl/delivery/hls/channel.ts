import { gzipSync } from 'node:zlib'
import { nowMs } from '../../clock.ts'
import type { LiveStream, Subscriber } from '../../live/live-stream.ts'
import type { Packet } from '../../live/packet.ts'
import type { HlsLimits } from './limits.ts'
import { type RenditionReport, writeMediaPlaylist } from './media-playlist.ts'
import { playlistOf } from './names.ts'
import type { HlsSeams } from './seams.ts'
import { HlsWindow } from './window.ts'

export interface PlaylistBytes {
  readonly plain: Buffer
  readonly gzip: Buffer
}

/** Another bitrate of the same group. */
export interface Sibling {
  readonly name: string
  readonly window: HlsWindow
}

interface Waiter {
  readonly ready: () => boolean
  readonly settle: (ready: boolean) => void
}

/** What waits for a channel's media; `cancel` forgets it. */
export interface Waiting {
  cancel(): void
}

/**
 * One stream as HLS: subscribes to it while somebody asks, keeps its window, and wakes the requests
 * that wait for something to come. A playlist is written, and packed, once for all who get it.
 */
export class HlsChannel implements Subscriber {
  /** Part of every media file's name, so that a name never means two things to a cache. */
  readonly epoch: string
  readonly window: HlsWindow
  readonly #seams: HlsSeams
  readonly #waiters = new Set<Waiter>()
  #stream: LiveStream | undefined
  /** The other bitrates of the group, as far as somebody asks for them. */
  readonly #siblings: () => readonly Sibling[]
  #playlists = new Map<string, PlaylistBytes>()
  #playlistVersion = -1
  #usedAt: number
  #endedAt: number | undefined

  /** @param now ms */
  constructor(
    epoch: string,
    seams: HlsSeams,
    limits: HlsLimits,
    now: number,
    siblings: () => readonly Sibling[] = () => [],
  ) {
    this.epoch = epoch
    this.#siblings = siblings
    this.#seams = seams
    this.#usedAt = now
    this.window = new HlsWindow(seams, limits)
  }

  /** The stream that feeds it; undefined while nobody asks, and after the end. */
  get stream(): LiveStream | undefined {
    return this.#stream
  }

  get waiting(): number {
    return this.#waiters.size
  }

  /** Somebody asked. `now`: ms */
  used(now: number): void {
    this.#usedAt = now
  }

  /** Cuts this stream from here on, beginning with its current group of pictures. */
  attach(stream: LiveStream): void {
    if (this.#stream === stream) return
    this.#stream?.unsubscribe(this)
    if (this.#endedAt !== undefined) this.window.resume()
    this.#endedAt = undefined
    this.#stream = stream
    this.window.expect(stream.keyInterval)
    stream.subscribe(this)
    if (stream.init === undefined) return
    for (const packet of [stream.init, ...stream.cached]) this.window.push(packet)
  }

  packet(packet: Packet): void {
    const { version } = this.window
    this.window.push(packet)
    if (this.window.version !== version || packet.kind === 'init') this.#wake()
  }

  end(): void {
    this.#stream = undefined
    this.#endedAt = nowMs()
    this.window.end()
    this.#wake()
  }

  /** Nobody asks any more: costs nothing until somebody does. */
  detach(): void {
    this.#stream?.unsubscribe(this)
    this.#stream = undefined
    this.window.clear()
  }

  /** ms since the last request; 0 while one waits. */
  idleFor(now: number): number {
    return this.#waiters.size > 0 ? 0 : now - this.#usedAt
  }

  /** ms since the stream ended, or undefined. */
  endedFor(now: number): number | undefined {
    return this.#endedAt === undefined ? undefined : now - this.#endedAt
  }

  /** Calls `settle` once: with true when `ready` holds, with false after `ms` or at `close`. */
  wait(ready: () => boolean, ms: number, settle: (ready: boolean) => void): Waiting {
    const finish = (result: boolean) => {
      clearTimeout(timer)
      if (this.#waiters.delete(waiter)) settle(result)
    }
    const waiter: Waiter = { ready, settle: finish }
    const timer = setTimeout(() => finish(false), ms).unref()
    this.#waiters.add(waiter)
    return {
      cancel: () => {
        clearTimeout(timer)
        this.#waiters.delete(waiter)
      },
    }
  }

  /** The media playlist as it is now, or as a delta update. */
  playlist(skip: boolean): PlaylistBytes {
    if (this.#playlistVersion !== this.window.version) this.#playlists.clear()
    this.#playlistVersion = this.window.version
    const reports = this.#reports()
    const key = JSON.stringify([skip, reports])
    const known = this.#playlists.get(key)
    if (known !== undefined) return known
    const { epoch } = this
    const options = { epoch, skip, seams: this.#seams, reports }
    const plain = Buffer.from(writeMediaPlaylist(this.window, options))
    const playlist = { plain, gzip: gzipSync(plain, { level: 1 }) }
    this.#playlists.set(key, playlist)
    return playlist
  }

  #reports(): RenditionReport[] {
    return this.#siblings().flatMap(({ name, window }) => {
      const { last } = window
      if (last === null) return []
      return [{ uri: playlistOf(name), lastMsn: last.msn, lastPart: last.part }]
    })
  }

  close(): void {
    this.#stream?.unsubscribe(this)
    this.#stream = undefined
    for (const waiter of [...this.#waiters]) waiter.settle(false)
  }

  #wake(): void {
    for (const waiter of [...this.#waiters]) if (waiter.ready()) waiter.settle(true)
  }
}
