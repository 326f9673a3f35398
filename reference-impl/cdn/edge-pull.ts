import { WebSocket } from 'ws'
import { nowMs } from '../clock.ts'
import { CodedError } from '../errors.ts'
import type { Hub } from '../live/hub.ts'
import type { LiveStream } from '../live/live-stream.ts'
import { type FragmentPacket, type InitPacket, mediaOf, type Packet } from '../live/packet.ts'
import type { StreamState } from '../live/stream-directory.ts'
import { type FeedNote, readMediaRecord, readNote } from './feed-record.ts'
import {
  type EdgeLimits,
  HEARTBEAT_DEADLINE_MS,
  MAX_FEED_MESSAGE_BYTES,
  OPENING_MS,
} from './limits.ts'
import type { OriginAccess } from './origin-access.ts'
import { reconnectDelay } from './reconnect-delay.ts'
import type { CdnSeams } from './seams.ts'
import { wallOffset } from './wall-offset.ts'

/** `state` of a refusal: what the origin knows of the stream, null for an unknown one. */
export type PullAnswer =
  | { readonly kind: 'live' }
  | { readonly kind: 'refused'; readonly state: StreamState | null }
  | { readonly kind: 'unreachable' }

export interface EdgePullOptions {
  readonly name: string
  readonly origin: OriginAccess
  readonly hub: Hub
  readonly seams: CdnSeams
  readonly limits: EdgeLimits
  /** Called once, when nothing is pulled any more. */
  readonly onOver: (pull: EdgePull) => void
}

/**
 * One stream on its way from the origin into an edge's hub. When the connection is lost, viewers
 * stay and it is tried again; what came twice is dropped, and what is missing is declared. Without
 * the origin for `originLostMs` the edge stops claiming the stream.
 */
export class EdgePull {
  readonly name: string
  readonly #options: EdgePullOptions
  readonly #answered = Promise.withResolvers<PullAnswer>()
  readonly #offset = wallOffset()
  #ws: WebSocket | undefined
  #retry: NodeJS.Timeout | undefined
  #stream: LiveStream | undefined
  #hand: (packet: Packet) => void = () => {}
  #instance = ''
  /** Of the last fragment that viewers have. */
  #sequence = -1
  /** After a break: what of the timeline is known already must not come twice. */
  #resuming: { init: InitPacket | undefined } | undefined
  #heardAt = nowMs()
  /** Since when nothing good came; a connection alone does not count. */
  #lostAt: number | undefined
  #failed = 0
  #over = false

  constructor(options: EdgePullOptions) {
    this.name = options.name
    this.#options = options
    this.#connect()
  }

  /** The origin's first word; never rejects. */
  get answered(): Promise<PullAnswer> {
    return this.#answered.promise
  }

  /** Viewers of the stream at this edge. */
  get viewers(): number {
    return this.#stream?.subscribers ?? 0
  }

  /** Looks at the deadlines. `now`: ms */
  tick(now: number): void {
    if (this.#lostAt !== undefined && now - this.#lostAt > this.#options.limits.originLostMs) {
      this.#finish({ kind: 'unreachable' }, () => this.#options.hub.end(this.name, 'vanished'))
    } else if (this.#ws !== undefined && now - this.#heardAt > HEARTBEAT_DEADLINE_MS) {
      this.#ws.terminate()
    }
  }

  /** Nobody watches any more, or the edge ends. */
  drop(): void {
    this.#finish({ kind: 'unreachable' }, () => this.#options.hub.end(this.name, 'shutdown'))
  }

  #connect(): void {
    const { origin } = this.#options
    const ws = new WebSocket(`${origin.websocket}/feed/${this.name}`, {
      headers: { authorization: `Bearer ${origin.secret}` },
      handshakeTimeout: OPENING_MS,
      maxPayload: MAX_FEED_MESSAGE_BYTES,
      perMessageDeflate: false,
    })
    this.#ws = ws
    this.#heardAt = nowMs()
    ws.on('ping', () => {
      this.#heard()
      this.#well()
    })
    ws.on('message', (data: Buffer, isBinary: boolean) => {
      if (this.#over) return
      this.#heard()
      try {
        if (isBinary) this.#media(readMediaRecord(data, this.#offset))
        else this.#note(readNote(data.toString()))
      } catch (error) {
        if (!(error instanceof CodedError)) throw error
        ws.terminate()
      }
    })
    ws.on('error', () => {})
    ws.on('close', () => this.#lost())
  }

  /** The origin has shown that it is there, and makes sense. */
  #well(): void {
    this.#lostAt = undefined
    this.#failed = 0
  }

  #heard(): void {
    this.#heardAt = nowMs()
  }

  #note(note: FeedNote): void {
    switch (note.type) {
      case 'opened':
        this.#opened(note.generation, note.instance)
        break
      case 'state':
        this.#stream?.relayed(note)
        if (note.publishing) this.#answered.resolve({ kind: 'live' })
        break
      case 'discontinuity':
        if (this.#resuming === undefined) this.#hand({ ...note, kind: 'discontinuity' })
        break
      case 'metadata':
        this.#hand({ ...note, kind: 'metadata' })
        break
      case 'end':
        this.#finish({ kind: 'refused', state: 'ended' }, () =>
          this.#options.hub.end(this.name, note.reason),
        )
        break
      case 'refused':
        this.#finish({ kind: 'refused', state: note.state }, () =>
          this.#options.hub.end(this.name, 'vanished'),
        )
        break
    }
  }

  #opened(generation: number, instance: string): void {
    const { origin, hub, seams } = this.#options
    if (!origin.admits(generation)) {
      this.#ws?.terminate()
      return
    }
    if (this.#instance === instance) {
      this.#resuming = { init: undefined }
      return
    }
    // Another timeline: viewers of the old one begin anew.
    if (this.#stream !== undefined) hub.end(this.name, 'vanished')
    const stream = hub.publish(this.name)
    this.#instance = instance
    this.#stream = stream
    this.#sequence = -1
    this.#resuming = undefined
    this.#hand = seams.relay((packet) => stream.relay(packet))
  }

  #media(packet: InitPacket | FragmentPacket): void {
    if (this.#resuming !== undefined && !this.#resume(packet, this.#resuming)) return
    if (packet.kind === 'fragment') {
      this.#sequence = packet.sequence
      this.#well()
    }
    this.#hand(packet)
  }

  /** Whether the packet goes on from where viewers are, after this has said what is missing. */
  #resume(packet: InitPacket | FragmentPacket, resuming: { init: InitPacket | undefined }) {
    if (packet.kind === 'init') {
      const known = this.#stream?.init
      const same = known !== undefined && mediaOf(known).equals(mediaOf(packet))
      resuming.init = same ? undefined : packet
      return false
    }
    const { sequence } = packet
    const { init } = resuming
    if (sequence <= this.#sequence && init === undefined) return false
    if (sequence !== this.#sequence + 1 || init !== undefined) {
      if (!packet.key) return false
      const reason = 'skipped'
      this.#hand({ kind: 'discontinuity', reason, init: init !== undefined, sequence })
      if (init !== undefined) this.#hand(init)
    }
    this.#resuming = undefined
    return true
  }

  #lost(): void {
    this.#ws = undefined
    if (this.#over) return
    if (this.#stream === undefined) {
      this.#finish({ kind: 'unreachable' }, () => {})
      return
    }
    // Nobody new is let in while it is unsure whether there is a stream.
    this.#stream.suspend()
    this.#lostAt ??= nowMs()
    this.#retry = setTimeout(() => this.#connect(), reconnectDelay(this.#failed++))
  }

  /** The one way out. */
  #finish(answer: PullAnswer, end: () => void): void {
    if (this.#over) return
    this.#over = true
    clearTimeout(this.#retry)
    this.#ws?.close()
    this.#answered.resolve(answer)
    if (this.#stream !== undefined) end()
    this.#options.onOver(this)
  }
}
