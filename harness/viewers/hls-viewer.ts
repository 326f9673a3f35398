import { setTimeout as delay } from 'node:timers/promises'
import { TargetError } from '../errors.ts'
import { HlsClient, type HlsResponse } from './hls-client.ts'
import { type MediaPlaylist, readMediaPlaylist, readVariants } from './hls-playlist.ts'
import { HlsPosition } from './hls-position.ts'
import { HLS_BLOCK_RESERVE_MS, HLS_FILE_MS, MAX_HLS_FAILURES } from './limits.ts'
import type { Viewer, ViewerOptions } from './viewer.ts'
import { ViewerSession } from './viewer-session.ts'

export interface HlsViewerOptions extends ViewerOptions {
  /** Parts and blocking reloads, where the target has them; default true. */
  readonly lowLatency?: boolean
}

/** ms before a failed request is made again */
const RETRY_MS = 500

/**
 * Opens a viewer of HLS, or of LL-HLS where the target offers it: the part to come is asked for
 * before it exists, and playlists by the position that they should have. Returns at once; failures
 * are told by `closed`. @throws TypeError for an address that is no URL
 */
export function openHlsViewer(url: string, options: HlsViewerOptions = {}): Viewer {
  const session = new ViewerSession('hls', url, options)
  const abort = new AbortController()
  const signal = AbortSignal.any([abort.signal, ...(options.signal ? [options.signal] : [])])
  const client = new HlsClient(url, signal)
  const gate = new Gate()
  const run = new HlsRun(session, client, signal, gate, options.lowLatency ?? true)
  void run
    .play(url)
    .then((reason) => session.end({ code: null, reason, by: 'server', clean: true }))
    .catch((error: Error) => {
      const by = signal.aborted
        ? 'viewer'
        : session.record.http?.status === 200
          ? 'failed'
          : 'refused'
      session.end({ code: null, reason: error.message, by, clean: signal.aborted })
    })
    .finally(() => client.close())

  return {
    record: session.record,
    latency: session.tracker.latency,
    bpmLatency: session.tracker.bpmLatency,
    stats: session.tracker.stats,
    firstKeyFrame: session.firstKeyFrame,
    closed: session.closed,
    frames: (count, wait) => session.frames(count, wait),
    until: (look, wait) => session.until(look, wait),
    pause: () => gate.shut(),
    resume: () => gate.open(),
    close: () => {
      abort.abort()
      return session.closed
    },
  }
}

/** Lets nobody pass while it is shut. */
class Gate {
  #shut: PromiseWithResolvers<void> | null = null

  shut(): void {
    this.#shut ??= Promise.withResolvers<void>()
  }

  open(): void {
    this.#shut?.resolve()
    this.#shut = null
  }

  async pass(): Promise<void> {
    await this.#shut?.promise
  }
}

class HlsRun {
  readonly #session: ViewerSession
  readonly #client: HlsClient
  readonly #signal: AbortSignal
  readonly #gate: Gate
  readonly #wantsParts: boolean
  readonly #failures = { playlist: 0, media: 0 }
  #map: string | null = null
  /** The hinted part, asked for before it is there. */
  #hinted: { uri: string; answer: Promise<HlsResponse | null> } | null = null

  constructor(
    session: ViewerSession,
    client: HlsClient,
    signal: AbortSignal,
    gate: Gate,
    wantsParts: boolean,
  ) {
    this.#session = session
    this.#client = client
    this.#signal = signal
    this.#gate = gate
    this.#wantsParts = wantsParts
  }

  /** Follows the stream to its end; resolves to how it ended. */
  async play(url: string): Promise<string> {
    const media = await this.#variant(url)
    let playlist = await this.#playlist(media, null)
    const parts = this.#wantsParts && playlist.partTarget !== null && playlist.canBlockReload
    const position = new HlsPosition(playlist, parts)
    for (;;) {
      if (parts && playlist.hint !== null) this.#askFor(playlist.hint)
      for (const file of position.next(playlist)) await this.#take(file.uri, file.map)
      if (playlist.endlist) return 'ENDLIST'
      await this.#gate.pass()
      this.#signal.throwIfAborted()
      const before = playlist
      if (!parts)
        await delay((playlist.targetDuration * 1000) / 2, undefined, { signal: this.#signal })
      playlist = await this.#playlist(media, parts ? position.directives(before) : null)
    }
  }

  async #variant(url: string): Promise<string> {
    const answer = await this.#client.get(url, HLS_FILE_MS + HLS_BLOCK_RESERVE_MS)
    this.#session.http({ status: answer.status, headers: answer.headers })
    if (answer.status !== 200) throw new TargetError('LP_VIEWER_HTTP', `HTTP ${answer.status}`)
    this.#session.reached('connect')
    this.#session.reached('open')
    return readVariants(answer.body.toString('utf8'), url)[0]?.uri ?? url
  }

  async #playlist(url: string, directives: string | null): Promise<MediaPlaylist> {
    const address =
      directives === null ? url : `${url}${url.includes('?') ? '&' : '?'}${directives}`
    for (;;) {
      const answer = await this.#get(address, HLS_FILE_MS + HLS_BLOCK_RESERVE_MS, 'playlist')
      if (answer !== null) return readMediaPlaylist(answer.body.toString('utf8'), url)
      await delay(RETRY_MS, undefined, { signal: this.#signal })
    }
  }

  async #take(uri: string, map: string | null): Promise<void> {
    if (map !== null && map !== this.#map) {
      const init = await this.#get(map, HLS_FILE_MS, 'media')
      if (init !== null) this.#session.media(init.body)
      this.#map = map
    }
    const hinted = this.#hinted?.uri === uri ? this.#hinted.answer : null
    const answer = hinted === null ? await this.#get(uri, HLS_FILE_MS, 'media') : await hinted
    if (answer !== null) this.#session.media(answer.body)
  }

  #askFor(uri: string): void {
    if (this.#hinted?.uri === uri) return
    const answer = this.#get(uri, HLS_FILE_MS + HLS_BLOCK_RESERVE_MS, 'hint')
    answer.catch(() => {})
    this.#hinted = { uri, answer }
  }

  /**
   * Null for an answer that is none. Playlists and media are counted apart: a playlist that keeps
   * coming does not make up for media that do not.
   * @throws TargetError after too many of them in a row
   */
  async #get(url: string, timeoutMs: number, kind: 'playlist' | 'media' | 'hint') {
    const answer = await this.#client.get(url, timeoutMs)
    if (kind === 'hint') return answer.status === 200 ? answer : null
    this.#failures[kind] = answer.status === 200 ? 0 : this.#failures[kind] + 1
    if (this.#failures[kind] >= MAX_HLS_FAILURES) {
      throw new TargetError('LP_VIEWER_HTTP', `HTTP ${answer.status} for ${url}`)
    }
    return answer.status === 200 ? answer : null
  }
}
