import { WebSocket } from 'ws'
import { nowMs } from '../measure/clock.ts'
import { AbrControl, type AbrStep } from './abr-control.ts'
import { CLOSE_DEADLINE_MS, CONNECT_DEADLINE_MS, MAX_MESSAGE_BYTES } from './limits.ts'
import { PlaybackBuffer, playerBuffer } from './swarm/playback-buffer.ts'
import type { ViewerClose, ViewerRecord } from './viewer-record.ts'
import { ViewerSession } from './viewer-session.ts'

export interface AbrRendition {
  readonly name: string
  /** Complete WebSocket address. */
  readonly h5live: string
}

export interface AbrViewerOptions {
  readonly signal?: AbortSignal
  /** Changes over on the connection (`server`), or by another one (`client`). */
  readonly method?: 'server' | 'client'
  /** Where it starts; 0, the best, unless told otherwise. */
  readonly start?: number
  /** False: it changes only when told to. */
  readonly adaptive?: boolean
}

/** One change to another rendition. Times in ms of the machine's clock. */
export interface AbrSwitch {
  readonly step: AbrStep
  readonly from: number
  readonly to: number
  readonly askedAt: number
  /** When its first media came; null while they have not, and where they never did. */
  doneAt: number | null
  failure: string | null
  /** s of media that were left to play when it was asked for */
  readonly buffered: number
}

export interface AbrViewer {
  /** Everything that came, over all connections, in the order in which it was taken. */
  readonly record: ViewerRecord
  readonly switches: readonly AbrSwitch[]
  /** Index of the rendition that comes now. */
  readonly rendition: number
  /** What a player with a buffer of the vendor's target makes of it. */
  readonly playback: Readonly<Pick<PlaybackBuffer, 'stalls' | 'stalled' | 'level' | 'playing'>>
  readonly closed: Promise<ViewerClose>
  /** Resolves to the first value that `look` finds, now or after any media. */
  until<T>(look: () => T | undefined, timeoutMs: number): Promise<T>
  switchTo(rendition: number): void
  close(): Promise<ViewerClose>
}

/** Starts with as much as it aims for: what a bitrate too high costs in time must fit in. */
const ABR_BUFFER = { ...playerBuffer, start: playerBuffer.target }

/**
 * Opens a viewer that takes less when the link no longer carries what it gets, and more when it is
 * at ease again. @param renditions the best first
 */
export function openAbrViewer(
  renditions: readonly AbrRendition[],
  options: AbrViewerOptions = {},
): AbrViewer {
  return new AdaptiveViewer(renditions, options)
}

class AdaptiveViewer implements AbrViewer {
  readonly switches: AbrSwitch[] = []
  readonly playback = new PlaybackBuffer(ABR_BUFFER)
  readonly #renditions: readonly AbrRendition[]
  readonly #options: AbrViewerOptions
  readonly #session: ViewerSession
  readonly #control = new AbrControl()
  #socket: WebSocket
  /** Opened for a change by another connection, until its first media come. */
  #next: WebSocket | null = null
  #rendition: number
  #seen = 0
  #closing = false
  #started = false

  constructor(renditions: readonly AbrRendition[], options: AbrViewerOptions) {
    this.#renditions = renditions
    this.#options = options
    this.#rendition = options.start ?? 0
    const { h5live } = renditions[this.#rendition]!
    this.#session = new ViewerSession('h5live', h5live, { keepBytes: 0 })
    this.#socket = this.#open(h5live)
    const abort = () => void this.close()
    if (options.signal?.aborted) abort()
    else options.signal?.addEventListener('abort', abort, { once: true })
  }

  get record(): ViewerRecord {
    return this.#session.record
  }

  get rendition(): number {
    return this.#rendition
  }

  get closed(): Promise<ViewerClose> {
    return this.#session.closed
  }

  until<T>(look: () => T | undefined, timeoutMs: number): Promise<T> {
    return this.#session.until(look, { timeoutMs })
  }

  switchTo(to: number): void {
    this.#ask(to < this.#rendition ? 'up' : 'down', to)
  }

  close(): Promise<ViewerClose> {
    if (!this.#closing) {
      this.#closing = true
      this.#next?.terminate()
      this.#socket.close(1000)
      const timer = setTimeout(() => this.#socket.terminate(), CLOSE_DEADLINE_MS)
      void this.closed.then(() => clearTimeout(timer))
    }
    return this.closed
  }

  #open(url: string): WebSocket {
    const socket = new WebSocket(url, {
      handshakeTimeout: CONNECT_DEADLINE_MS,
      maxPayload: MAX_MESSAGE_BYTES,
      perMessageDeflate: false,
    })
    socket.on('message', (data: Buffer, isBinary: boolean) => this.#take(socket, data, isBinary))
    socket.on('error', () => {})
    socket.on('close', (code, reason) => this.#gone(socket, code, reason.toString('utf8')))
    return socket
  }

  #take(socket: WebSocket, data: Buffer, isBinary: boolean): void {
    if (socket === this.#next && isBinary) this.#change(socket)
    if (socket !== this.#socket) return
    if (!isBinary) {
      const text = data.toString('utf8')
      this.#session.text(text)
      this.#told(text)
      return
    }
    this.#session.media(data)
    const { events } = this.record
    for (; this.#seen < events.length; this.#seen++) this.#look(events[this.#seen]!)
  }

  #look(event: ViewerRecord['events'][number]): void {
    if (event.type !== 'fragment') return
    const now = this.record.openedAt + event.at
    const init = this.record.events.findLast((one) => one.type === 'init')?.init
    const track = init?.tracks.find(({ kind }) => kind === 'video')
    const samples = event.tracks.find(({ trackId }) => trackId === track?.id)?.samples ?? []
    const [first, last] = [samples[0], samples.at(-1)]
    if (track === undefined || first === undefined || last === undefined) return
    const end = (last.dts + last.duration) / track.timescale
    const start = first.dts / track.timescale
    this.playback.add(start, end - start, now / 1000)
    this.#started ||= this.playback.playing
    if (this.#options.adaptive === false || !this.#started) return
    const step = this.#control.observe(now, end, this.playback.level)
    if (step !== null) this.#ask(step, this.#rendition + (step === 'down' ? 1 : -1))
  }

  #ask(step: AbrStep, to: number): void {
    const rendition = this.#renditions[to]
    if (rendition === undefined || this.#closing) return
    const askedAt = nowMs()
    const { level: buffered } = this.playback
    const from = this.#rendition
    this.switches.push({ step, from, to, askedAt, doneAt: null, failure: null, buffered })
    this.#control.asked(step, askedAt)
    if (this.#options.method === 'client') this.#next = this.#open(rendition.h5live)
    else this.#socket.send(JSON.stringify({ type: 'switch', data: { stream: rendition.name } }))
  }

  /** The other connection brings media: the old one has done its work. */
  #change(socket: WebSocket): void {
    const old = this.#socket
    this.#socket = socket
    this.#next = null
    old.terminate()
    this.#done()
  }

  #told(text: string): void {
    const { type, data } = readMessage(text)
    if (type !== 'switch') return
    if (data?.state === 'done') this.#done()
    if (data?.state === 'failed') this.#failed(data.message ?? 'failed')
  }

  #done(): void {
    const change = this.switches.findLast(({ doneAt, failure }) => doneAt === null && !failure)
    if (change === undefined) return
    change.doneAt = nowMs()
    this.#rendition = change.to
    this.#control.settled(change.doneAt)
  }

  #failed(why: string): void {
    const change = this.switches.at(-1)
    if (change?.doneAt === null) change.failure = why
    this.#control.settled(nowMs())
  }

  #gone(socket: WebSocket, code: number, reason: string): void {
    if (socket === this.#next) {
      this.#next = null
      this.#failed(`the other connection closed: ${code} ${reason}`)
    }
    if (socket !== this.#socket) return
    const clean = code !== 1006
    const by = this.#closing ? 'viewer' : clean ? 'server' : 'failed'
    this.#session.end({ code, reason, by, clean })
  }
}

function readMessage(text: string): {
  type?: string
  data?: { state?: string; message?: string }
} {
  try {
    return (JSON.parse(text) ?? {}) as object
  } catch {
    return {}
  }
}
