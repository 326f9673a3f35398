import { LiveproofError } from '../../errors.ts'
import { type MediaPlaylist, readMediaPlaylist, readVariants } from '../hls-playlist.ts'
import { HlsPosition } from '../hls-position.ts'
import { type Address, Connection } from './connection.ts'
import { FragmentScanner } from './fragment-scanner.ts'
import { HttpReader } from './http-reader.ts'
import { MAX_HLS_RETRIES, MAX_SWARM_PLAYLIST_BYTES, RETRY_MS } from './limits.ts'
import type { OnGone, SwarmViewer, ViewerSetup } from './swarm-viewer.ts'
import type { ViewerSeen } from './viewer-seen.ts'

type Asked =
  | { readonly kind: 'master' | 'playlist'; readonly url: string }
  | { readonly kind: 'init' | 'media'; readonly url: string }

/** The last playlist of this thread: a crowd gets the same text again and again. */
let last: { text: string; url: string; playlist: MediaPlaylist } | null = null

/**
 * A viewer of LL-HLS on one kept connection: blocking reloads, then the parts that are new. One
 * round trip later than a player that asks for the hinted part beforehand.
 */
export class HlsSwarmViewer implements SwarmViewer {
  readonly connection: Connection
  readonly seen: ViewerSeen
  readonly #address: Address
  readonly #onGone: OnGone
  readonly #http: HttpReader
  readonly #media: FragmentScanner
  #asked: Asked
  #status = 0
  #text: string[] = []
  #textBytes = 0
  #queue: Asked[] = []
  #map: string | null = null
  #playlistUrl = ''
  #playlist: MediaPlaylist | null = null
  #position: HlsPosition | null = null
  #retries = 0
  #retryAt = 0

  constructor(address: Address, { seen, onGone, buffer, readRate }: ViewerSetup) {
    this.#address = address
    this.#onGone = onGone
    this.seen = seen
    this.#asked = { kind: 'master', url: address.url.href }
    const broken = (reason: string) => this.connection.cut(`unreadable: ${reason}`)
    this.#media = new FragmentScanner({
      init: () => seen.init(),
      fragment: (scanner) => seen.fragment(scanner),
      broken,
    })
    this.#http = new HttpReader({
      head: (status) => {
        this.#status = status
      },
      body: (chunk, from, to) => this.#body(chunk, from, to),
      end: () => this.#answered(),
      upgraded: () => {},
      broken,
    })
    this.connection = new Connection(address, this, buffer, readRate)
  }

  connected(now: number): void {
    this.seen.now = now
    this.seen.connected()
    this.#ask(this.#asked)
  }

  read(chunk: Buffer, from: number, to: number, now: number): void {
    this.seen.now = now
    this.#http.push(chunk, from, to)
  }

  gone(reason: string): void {
    this.#onGone(this, reason)
  }

  leave(): void {
    this.connection.cut('left')
  }

  tick(now: number): void {
    if (this.#retryAt === 0 || now < this.#retryAt) return
    this.#retryAt = 0
    this.#ask(this.#asked)
  }

  #ask(asked: Asked): void {
    this.#asked = asked
    const { pathname, search } = new URL(asked.url)
    this.connection.write(
      `GET ${pathname}${search} HTTP/1.1\r\nHost: ${this.#address.hostHeader}\r\n` +
        'Origin: http://player.example\r\n\r\n',
    )
  }

  #body(chunk: Buffer, from: number, to: number): void {
    if (this.#status !== 200) return
    const { kind } = this.#asked
    if (kind === 'init' || kind === 'media') {
      this.seen.took(to - from)
      this.#media.push(chunk, from, to)
      return
    }
    this.#textBytes += to - from
    if (this.#textBytes > MAX_SWARM_PLAYLIST_BYTES)
      this.connection.cut('unreadable: a playlist that does not end')
    else this.#text.push(chunk.toString('latin1', from, to))
  }

  #answered(): void {
    const text = this.#text.join('')
    this.#text = []
    this.#textBytes = 0
    if (this.connection.ended) return
    if (this.#status !== 200) {
      this.#again()
      return
    }
    this.#retries = 0
    try {
      this.#next(text)
    } catch (error) {
      if (!(error instanceof LiveproofError)) throw error
      this.connection.cut(`unreadable: ${error.message}`)
    }
  }

  #again(): void {
    this.#retries++
    if (this.#retries > MAX_HLS_RETRIES) this.connection.cut(`HTTP ${this.#status}`)
    else this.#retryAt = this.seen.now + RETRY_MS
  }

  #next(text: string): void {
    const { kind, url } = this.#asked
    if (kind === 'master') {
      this.seen.accepted()
      this.#playlistUrl = readVariants(text, url)[0]?.uri ?? url
      this.#ask({ kind: 'playlist', url: this.#playlistUrl })
      return
    }
    if (kind === 'playlist') this.#follow(this.#read(text))
    const next = this.#queue.shift()
    if (next !== undefined) this.#ask(next)
    else if (this.#playlist?.endlist) this.connection.cut('ENDLIST')
    else this.#reload()
  }

  #read(text: string): MediaPlaylist {
    const url = this.#playlistUrl
    if (last?.text !== text || last.url !== url)
      last = { text, url, playlist: readMediaPlaylist(text, url) }
    return last.playlist
  }

  #follow(playlist: MediaPlaylist): void {
    this.#playlist = playlist
    const parts = playlist.partTarget !== null && playlist.canBlockReload
    this.#position ??= new HlsPosition(playlist, parts)
    for (const { uri, map } of this.#position.next(playlist)) {
      if (map !== null && map !== this.#map) {
        this.#map = map
        this.#queue.push({ kind: 'init', url: map })
      }
      this.#queue.push({ kind: 'media', url: uri })
    }
  }

  #reload(): void {
    const playlist = this.#playlist!
    const url = this.#playlistUrl
    if (playlist.partTarget === null || !playlist.canBlockReload) {
      this.#asked = { kind: 'playlist', url }
      this.#retryAt = this.seen.now + (playlist.targetDuration * 1000) / 2
      return
    }
    const separator = url.includes('?') ? '&' : '?'
    const directives = this.#position!.directives(playlist)
    this.#ask({ kind: 'playlist', url: `${url}${separator}${directives}` })
  }
}
