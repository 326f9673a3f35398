import { setTimeout as wait } from 'node:timers/promises'
import type { Encoder } from '../../encoders/encoder.ts'
import { TargetError } from '../../errors.ts'
import type { TargetStream } from '../../targets/target.ts'
import { HlsClient, type HlsResponse } from '../../viewers/hls-client.ts'
import { type MediaPlaylist, readMediaPlaylist, readVariants } from '../../viewers/hls-playlist.ts'
import { HLS_BLOCK_RESERVE_MS, HLS_FILE_MS } from '../../viewers/limits.ts'
import type { ProbeContext, ProbePublishOptions } from '../probe-context.ts'
import { FIRST_PLAYLIST_MS } from './probe-limits.ts'

/** A playlist as it came. */
export interface SeenPlaylist {
  readonly answer: HlsResponse
  readonly text: string
  readonly playlist: MediaPlaylist
}

const POLL_MS = 300

/** A live stream, and its HLS side seen from a client. */
export class HlsProbe {
  readonly stream: TargetStream
  readonly encoder: Encoder
  readonly multivariant: HlsResponse
  readonly mediaUrl: string
  readonly #client: HlsClient

  private constructor(
    stream: TargetStream,
    encoder: Encoder,
    client: HlsClient,
    multivariant: HlsResponse,
  ) {
    this.stream = stream
    this.encoder = encoder
    this.#client = client
    this.multivariant = multivariant
    const text = multivariant.body.toString('utf8')
    this.mediaUrl = readVariants(text, multivariant.url)[0]?.uri ?? multivariant.url
  }

  /** Publishes, and waits for a playlist. Null where the target has no HLS. @throws TargetError */
  static async open(
    context: ProbeContext,
    options: ProbePublishOptions = {},
  ): Promise<HlsProbe | null> {
    const stream = await context.createStream()
    const { hls } = stream.playout
    if (hls === undefined) return null
    const encoder = await context.publish(stream, options)
    const client = new HlsClient(hls, context.signal)
    try {
      const deadline = performance.now() + FIRST_PLAYLIST_MS
      for (;;) {
        const answer = await client.get(hls, FIRST_PLAYLIST_MS)
        if (answer.status === 200) return new HlsProbe(stream, encoder, client, answer)
        if (performance.now() > deadline) {
          throw new TargetError('LP_VIEWER_HTTP', `no playlist: HTTP ${answer.status} for ${hls}`)
        }
        await wait(POLL_MS, undefined, { signal: context.signal })
      }
    } catch (error) {
      client.close()
      await encoder.stop()
      throw error
    }
  }

  get(url: string, timeoutMs = HLS_FILE_MS): Promise<HlsResponse> {
    return this.#client.get(url, timeoutMs)
  }

  /** The media playlist now, or with delivery directives. */
  ask(directives = ''): Promise<HlsResponse> {
    const address = new URL(this.mediaUrl)
    for (const [name, value] of new URLSearchParams(directives)) {
      address.searchParams.set(name, value)
    }
    return this.get(address.href, HLS_FILE_MS + HLS_BLOCK_RESERVE_MS)
  }

  /** @throws TargetError for an answer that is no playlist */
  async playlist(directives = ''): Promise<SeenPlaylist> {
    const answer = await this.ask(directives)
    if (answer.status !== 200) {
      throw new TargetError('LP_VIEWER_HTTP', `HTTP ${answer.status} for the media playlist`)
    }
    const text = answer.body.toString('utf8')
    return { answer, text, playlist: readMediaPlaylist(text, this.mediaUrl) }
  }

  /** Waits until a playlist satisfies; null when none did in time. */
  async until(
    satisfies: (playlist: MediaPlaylist) => boolean,
    timeoutMs: number,
  ): Promise<SeenPlaylist | null> {
    const deadline = performance.now() + timeoutMs
    for (;;) {
      const answer = await this.ask()
      if (answer.status === 200) {
        const text = answer.body.toString('utf8')
        const playlist = readMediaPlaylist(text, this.mediaUrl)
        if (satisfies(playlist)) return { answer, text, playlist }
      }
      if (performance.now() > deadline) return null
      await wait(POLL_MS)
    }
  }

  /** Playlists one after the other, each with something new, by blocking reloads where offered. */
  async follow(count: number): Promise<SeenPlaylist[]> {
    const seen = [await this.playlist()]
    while (seen.length < count) {
      const { playlist } = seen.at(-1)!
      if (playlist.endlist) break
      const blocking = playlist.canBlockReload && playlist.partTarget !== null
      if (!blocking) await wait((playlist.targetDuration * 1000) / 2)
      seen.push(await this.playlist(blocking ? nextDirectives(playlist) : ''))
    }
    return seen
  }

  async close(): Promise<void> {
    await this.encoder.stop()
    this.#client.close()
  }
}

/** The position right behind what a playlist holds. */
export function nextPosition({ segments, open, mediaSequence, skipped }: MediaPlaylist): {
  readonly msn: number
  readonly part: number
} {
  const msn = open?.msn ?? mediaSequence + skipped + segments.length
  return { msn, part: open?.parts.length ?? 0 }
}

export function nextDirectives(playlist: MediaPlaylist): string {
  const { msn, part } = nextPosition(playlist)
  return `_HLS_msn=${msn}&_HLS_part=${part}`
}
