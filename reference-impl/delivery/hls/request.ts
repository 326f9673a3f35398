import type { IncomingMessage, ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import { sendJsonError } from '../h5live/json-error.ts'
import { type HlsAnswer, mediaAnswer, playlistAnswer, sendAnswer } from './answer.ts'
import { blockingOf } from './blocking.ts'
import type { HlsChannel } from './channel.ts'
import type { Variant } from './channels.ts'
import { readDirectives } from './directives.ts'
import { type HlsLimits, MAX_BLOCK_TARGETS } from './limits.ts'
import { writeMultivariantPlaylist } from './multivariant-playlist.ts'
import { type HlsFile, MEDIA_PLAYLIST, playlistOf } from './names.ts'
import type { HlsSeams } from './seams.ts'

const BAD_REQUEST = 4400
const NOT_THERE = 2001
const BUSY = 4503

export interface RequestContext {
  readonly seams: HlsSeams
  readonly limits: HlsLimits
  readonly mayWait: () => boolean
  /** Every bitrate that the multivariant playlist names. */
  readonly variants: () => readonly Variant[]
}

/** One request for a file of one channel: answered at once, or when what it asks for is there. */
export class HlsRequest {
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  readonly #channel: HlsChannel
  readonly #context: RequestContext

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    channel: HlsChannel,
    context: RequestContext,
  ) {
    this.#request = request
    this.#response = response
    this.#channel = channel
    this.#context = context
  }

  handle(file: HlsFile, query: URLSearchParams): void {
    if (file.kind === 'index') this.#index()
    else if (file.kind === 'media') this.#playlist(query)
    else if (file.epoch !== this.#channel.epoch) this.#missing()
    else if (file.kind === 'map') this.#map(file.number)
    else if (file.kind === 'segment') this.#segment(file.number)
    else this.#part(file.number)
  }

  #index(): void {
    const variants = this.#context.variants()
    const send = () => {
      const text = writeMultivariantPlaylist(
        variants
          .filter(({ channel }) => isStarted(channel) && channel.window.map !== undefined)
          .map(({ name, channel }) => ({
            uri: channel === this.#channel ? MEDIA_PLAYLIST : playlistOf(name),
            map: channel.window.map!,
            segments: channel.window.segments,
            frameRate: channel.stream?.frameRate ?? null,
          })),
      )
      const plain = Buffer.from(text)
      this.#send(playlistAnswer(this.#request, { plain, gzip: gzipSync(plain, { level: 1 }) }))
    }
    this.#whenStarted(() => this.#whenOthers(variants, send))
  }

  /** A player reads it once, so other bitrates are waited for, but not for long. */
  #whenOthers(variants: readonly Variant[], then: () => void): void {
    const missing = variants.find(({ channel }) => !isStarted(channel))
    if (missing === undefined || !this.#context.mayWait()) {
      then()
      return
    }
    const { channel } = missing
    const rest = variants.filter((one) => one !== missing)
    const waiting = channel.wait(
      () => isStarted(channel),
      this.#context.limits.otherVariantsMs,
      () => {
        if (!this.#response.destroyed) this.#whenOthers(rest, then)
      },
    )
    this.#response.once('close', () => waiting.cancel())
  }

  #playlist(query: URLSearchParams): void {
    const directives = readDirectives(query)
    if (typeof directives === 'string') {
      this.#refuse(400, BAD_REQUEST, directives)
      return
    }
    this.#whenStarted(() => {
      const { window } = this.#channel
      const { seams } = this.#context
      const state = blockingOf(directives, window)
      if (state === 'far') {
        this.#refuse(400, BAD_REQUEST, 'The position is too far in the future.')
        return
      }
      const ready = () => seams.ready(blockingOf(directives, window) === 'ready')
      const ms = MAX_BLOCK_TARGETS * window.targetDuration * 1000
      this.#when(ready, ms, () =>
        this.#send(playlistAnswer(this.#request, this.#channel.playlist(directives.skip))),
      )
    })
  }

  #map(number: number): void {
    const map = this.#channel.window.mapOf(number)
    if (map === undefined) this.#missing()
    else this.#send(mediaAnswer(typeOf(this.#channel), [map.media]))
  }

  #segment(msn: number): void {
    const segment = this.#channel.window.segment(msn)
    if (segment === undefined || !this.#context.seams.available(msn)) this.#missing()
    else
      this.#send(
        mediaAnswer(
          typeOf(this.#channel),
          segment.parts.flatMap(({ media }) => media),
        ),
      )
  }

  /** The part in the making is waited for (RFC 8216bis §6.2.6); later ones have no name yet. */
  #part(number: number): void {
    const { window } = this.#channel
    const coming = number === window.nextPart && !window.ended
    const ready = () => window.nextPart > number || window.ended || !coming
    const ms = MAX_BLOCK_TARGETS * window.targetDuration * 1000
    this.#when(ready, ms, () => {
      const found = window.part(number)
      if (found === undefined || !this.#context.seams.available(found.msn)) this.#missing()
      else this.#send(mediaAnswer(typeOf(this.#channel), found.part.media))
    })
  }

  /** A playlist without a whole segment is none: players take it for broken. */
  #whenStarted(then: () => void): void {
    const { window } = this.#channel
    const started = () => isStarted(this.#channel)
    this.#when(started, this.#context.limits.firstSegmentMs, () => {
      if (window.map === undefined) this.#missing()
      else then()
    })
  }

  #when(ready: () => boolean, ms: number, then: () => void): void {
    if (ready()) {
      then()
      return
    }
    if (!this.#context.mayWait()) {
      this.#refuse(503, BUSY, 'Too many requests wait.')
      return
    }
    const response = this.#response
    const waiting = this.#channel.wait(ready, ms, (isReady) => {
      if (response.destroyed) return
      if (isReady) then()
      else this.#refuse(503, BUSY, 'What was asked for did not come in time.')
    })
    response.once('close', () => waiting.cancel())
  }

  #send(answer: HlsAnswer): void {
    const { seams, limits } = this.#context
    sendAnswer(this.#request, this.#response, answer, seams, limits.answerIdleMs)
  }

  #missing(): void {
    this.#refuse(404, NOT_THERE, 'There is no such file, or no longer.')
  }

  #refuse(status: number, code: number, message: string): void {
    if (status === 503) this.#response.setHeader('Retry-After', '1')
    sendJsonError(this.#response, status, code, message)
  }
}

function isStarted({ window }: HlsChannel): boolean {
  return window.map !== undefined && (window.segments.length > 0 || window.ended)
}

function typeOf({ window }: HlsChannel): string {
  return window.map?.tracks.video === undefined ? 'audio/mp4' : 'video/mp4'
}
