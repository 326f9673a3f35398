import { randomUUID } from 'node:crypto'
import type { Player } from '../../delivery/rtmp/playout.ts'
import { WireError } from '../../errors.ts'
import type { EndReason, PublishDecision } from '../../live/publication.ts'
import { amfToJson } from '../../wire/amf0-json.ts'
import { type ReceivedMessage, RtmpChunkReader } from '../../wire/rtmp-chunk-reader.ts'
import { ServerHandshake } from '../../wire/rtmp-handshake.ts'
import {
  parseCommand,
  type RtmpMessage,
  RtmpType,
  UserControl,
  userControlMessage,
} from '../../wire/rtmp-messages.ts'
import { IngestRecorder } from '../recorder.ts'
import { splitAggregate } from './aggregate.ts'
import {
  playNotFound,
  playStart,
  publishBadName,
  publishStart,
  REFUSAL_TEXT,
  revoked,
  unpublishSuccess,
} from './answers.ts'
import { closeReasonOf, endReasonOf, type RtmpCloseReason } from './close-reason.ts'
import { type CommandContext, handleCommand } from './commands.ts'
import type { RtmpLimits } from './limits.ts'
import { RtmpLink } from './link.ts'
import { isMedia, MediaInlet } from './media-inlet.ts'
import type { PublishName } from './publish-name.ts'
import type { RtmpSeams } from './seams.ts'
import type { SessionOptions, SessionPort } from './session-port.ts'

/** Of C1 and C2. */
const HANDSHAKE_BYTES = 1536

/**
 * One RTMP connection, seen from the server, without socket and timer: bytes and times go in;
 * bytes, the publish request and the end come out through the port; frames go to the publication.
 */
export class RtmpSession {
  readonly id = `rtmp-${randomUUID()}`
  readonly #options: SessionOptions
  readonly #limits: RtmpLimits
  readonly #port: SessionPort
  readonly #seams: RtmpSeams
  readonly #recorder: IngestRecorder
  readonly #handshake: ServerHandshake
  readonly #reader: RtmpChunkReader
  readonly #link: RtmpLink
  readonly #commands: CommandContext
  #phase: 'handshake' | 'open' | 'deciding' | 'publishing' | 'playing' | 'ended' = 'handshake'
  readonly #inlet: MediaInlet
  #player: Player | null = null
  /** Message stream that publishes or asked to. */
  #streamId = 0
  /** Counts publish requests, so that a late decision is not taken for another's. */
  #attempt = 0
  #unpublished = false
  /** Since when the phase's deadline runs. */
  #since: number

  constructor(options: SessionOptions) {
    const { limits, seams, port } = options
    const now = port.now()
    this.#options = options
    this.#limits = limits
    this.#seams = seams
    this.#port = port
    this.#since = now
    const { protocol, remote, log } = options
    this.#recorder = new IngestRecorder(log, { session: this.id, protocol, remote, now })
    this.#link = new RtmpLink({
      limits,
      seams,
      recorder: this.#recorder,
      now: () => port.now(),
      send: (bytes) => port.send(bytes),
    })
    this.#inlet = new MediaInlet({ limits, seams, recorder: this.#recorder })
    this.#handshake = new ServerHandshake({ time: now, transformS2: (s2) => seams.s2(s2) })
    this.#reader = new RtmpChunkReader(limits, seams.extendedTimestamp)
    this.#commands = {
      limits,
      seams,
      recorder: this.#recorder,
      streams: new Set(),
      connected: false,
      app: '',
      busy: () => this.#phase !== 'open',
      send: (...messages) => this.#link.send(...messages),
      publish: (streamId, name, at) => this.#publish(streamId, name, at),
      play: (streamId, name, at) => this.#play(streamId, name, at),
      unpublish: (streamId, at) => this.#unpublish(streamId, at),
      end: (reason, at) => this.#end(reason, at),
    }
  }

  /** Bytes that may wait for the peer; a player's queue is bounded by the player. */
  get maxUnsentBytes(): number {
    return this.#player === null ? this.#limits.maxUnsentBytes : Number.POSITIVE_INFINITY
  }

  get ended(): boolean {
    return this.#phase === 'ended'
  }

  /** When `tick` wants to be called next: ms, or Infinity. */
  get deadline(): number {
    const limits = this.#limits
    switch (this.#phase) {
      case 'handshake':
        return this.#since + limits.handshakeMs
      case 'open':
      case 'deciding':
        return Math.min(this.#since + limits.publishMs, this.#link.pingAt)
      case 'publishing':
        return Math.min(this.#inlet.lastAt + limits.silentMs, this.#link.pingAt)
      case 'playing':
        return Math.min(this.#player?.deadline ?? this.#since, this.#link.pingAt)
      default:
        return Number.POSITIVE_INFINITY
    }
  }

  tick(now: number): void {
    const { handshakeMs, publishMs, silentMs } = this.#limits
    const phase = this.#phase
    if (phase === 'ended') return
    if (phase === 'handshake') {
      if (now >= this.#since + handshakeMs) this.#end('handshake-timeout', now)
    } else if (phase === 'publishing') {
      if (now >= this.#inlet.lastAt + silentMs) this.#end('silent', now)
    } else if (phase === 'playing') {
      this.#player?.tick(now)
    } else if (now >= this.#since + publishMs) {
      this.#end(this.#unpublished ? 'unpublished' : 'publish-timeout', now)
    }
    if (phase !== 'handshake' && !this.ended && now >= this.#link.pingAt) this.#link.ping(now)
  }

  /** Bytes from the peer, as they come. Never throws for what they hold. */
  receive(bytes: Uint8Array, now: number): void {
    if (this.ended) return
    this.#link.received(bytes.length, now)
    this.#reading(now, () => {
      let rest = bytes
      if (this.#phase === 'handshake') rest = this.#shakeHands(bytes, now)
      if (rest.length > 0) {
        this.#reader.push(rest, (message) => {
          if (!this.ended) this.#message(message, now)
        })
      }
      if (!this.ended && this.#phase !== 'handshake') this.#link.acknowledge()
    })
  }

  /** What the peer sent broken ends the session. */
  #reading(now: number, read: () => void): void {
    try {
      read()
    } catch (error) {
      if (!(error instanceof WireError)) throw error
      this.#recorder.event(now, 'error', { code: error.code, message: error.message })
      this.#seams.badInput(error)
      this.#end('protocol-error', now)
    }
  }

  #decide(decision: PublishDecision, name: string, attempt: number, now: number): void {
    if (this.#phase !== 'deciding' || attempt !== this.#attempt) {
      // The peer has left or changed its mind meanwhile.
      if (decision.ok) decision.publication.end(this.#unpublished ? 'unpublished' : 'disconnected')
      return
    }
    if (!decision.ok) {
      this.#status(now, 'error', publishBadName(this.#streamId, REFUSAL_TEXT[decision.refusal]))
      this.#end('refused', now)
      return
    }
    this.#phase = 'publishing'
    this.#since = now
    this.#inlet.open(decision.publication, now)
    this.#link.send(userControlMessage(UserControl.streamBegin, this.#streamId))
    this.#status(now, 'status', publishStart(this.#streamId, name))
    decision.publication.onRevoked((reason) => this.#revoked(reason))
    this.#reading(now, () => this.#inlet.takeKept())
  }

  /** The connection is gone: by FIN (`eof`) or otherwise (`reset`). */
  disconnected(how: 'eof' | 'reset', now: number): void {
    if (this.ended) return
    this.#recorder.event(now, how)
    this.#end(this.#unpublished ? 'unpublished' : how === 'eof' ? 'disconnected' : 'reset', now)
  }

  /** Ends the session for a reason of its owner's. Idempotent. */
  abort(reason: 'slow-reader' | 'shutdown' | 'internal-error', now: number): void {
    this.#end(reason, now)
  }

  #end(reason: RtmpCloseReason, now: number): void {
    if (this.ended) return
    this.#phase = 'ended'
    this.#recorder.close(now, reason)
    this.#inlet.close()?.end(endReasonOf(reason))
    this.#player?.stop()
    this.#player = null
    this.#port.close(reason)
  }

  #revoked(reason: EndReason): void {
    const now = this.#port.now()
    if (this.ended || this.#inlet.close() === null) return
    // A connection that is lost says nothing.
    if (reason === 'dropped') {
      this.#end(reason, now)
      return
    }
    this.#status(now, 'status', revoked(this.#streamId, reason))
    this.#end(closeReasonOf(reason), now)
  }

  #shakeHands(bytes: Uint8Array, now: number): Uint8Array {
    const step = this.#handshake.push(bytes)
    for (const packet of step.send) this.#link.write(packet)
    if (!step.done) return step.rest
    const sizes = { c1Size: HANDSHAKE_BYTES, c2Size: HANDSHAKE_BYTES }
    this.#recorder.event(now, 'handshake', { ...this.#handshake.facts, ...sizes })
    this.#phase = 'open'
    this.#since = now
    this.#link.open()
    return step.rest
  }

  #message(message: ReceivedMessage, now: number): void {
    const { type } = message
    if (isMedia(message)) {
      this.#mediaMessage(message, now)
    } else if (type === RtmpType.aggregate) {
      for (const part of splitAggregate(message)) {
        if (isMedia(part)) this.#mediaMessage(part, now)
      }
    } else if (type === RtmpType.command || type === RtmpType.commandAmf3) {
      this.#command(message, now)
    } else {
      this.#link.control(message, now)
    }
  }

  #command(message: ReceivedMessage, now: number): void {
    const command = parseCommand(message.type, message.payload, this.#limits.amf)
    this.#recorder.event(now, 'command', {
      name: command.name.slice(0, 100),
      transaction: command.transaction,
      csid: message.csid,
      messageStream: message.streamId,
      args: command.args.map((arg) => amfToJson(arg)),
    })
    handleCommand(this.#commands, command, message.streamId, now)
  }

  #mediaMessage(message: RtmpMessage, now: number): void {
    const own = message.streamId === this.#streamId
    if (own && this.#phase === 'deciding' && this.#inlet.keep(message, now)) return
    this.#inlet.message(message, own, now)
  }

  #publish(streamId: number, { name, params }: PublishName, now: number): void {
    this.#phase = 'deciding'
    this.#since = now
    this.#streamId = streamId
    this.#unpublished = false
    this.#recorder.stream(name)
    this.#link.send(...this.#seams.beforeDecision(streamId))
    const { protocol, remote } = this.#options
    this.#attempt += 1
    const attempt = this.#attempt
    const publisher = { protocol, session: this.id, remote, params }
    this.#port.requestPublish(name, publisher, (decision, at) =>
      this.#decide(decision, name, attempt, at),
    )
  }

  #play(streamId: number, { name }: PublishName, now: number): boolean {
    const { playout } = this.#options
    if (playout === undefined) return false
    this.#recorder.event(now, 'play', { name: name.slice(0, 100) })
    const decision = playout.request(name)
    if (!decision.ok) {
      this.#status(now, 'error', playNotFound(streamId, decision.reason))
      this.#end('refused', now)
      return true
    }
    this.#phase = 'playing'
    this.#streamId = streamId
    this.#link.send(...playStart(streamId, name, this.#limits.windowAckSize))
    const port = {
      send: (messages: readonly RtmpMessage[]) => this.#link.send(...messages),
      queuedBytes: () => this.#port.queuedBytes(),
      sentBytes: () => this.#port.sentBytes(),
      over: (reason: 'stream-ended' | 'slow-reader') => this.#end(reason, this.#port.now()),
    }
    this.#player = decision.open(port, streamId, now)
    this.#player.start()
    return true
  }

  #stopPlaying(now: number): void {
    this.#player?.stop()
    this.#player = null
    this.#phase = 'open'
    this.#since = now
  }

  /** The encoder stops; `streamId` null stands for whatever it publishes. */
  #unpublish(streamId: number | null, now: number): void {
    if (this.#phase === 'playing' && streamId === this.#streamId) this.#stopPlaying(now)
    if (this.#phase !== 'publishing' && this.#phase !== 'deciding') return
    if (streamId !== null && streamId !== this.#streamId) return
    const publication = this.#inlet.close()
    this.#phase = 'open'
    this.#since = now
    this.#unpublished = true
    if (publication === null) return
    publication.end('unpublished')
    this.#status(now, 'status', unpublishSuccess(this.#streamId, publication.streamName))
  }

  #status(now: number, level: 'status' | 'error', message: RtmpMessage): void {
    const { args } = parseCommand(message.type, message.payload)
    const info = amfToJson(args[1]) as { code?: unknown }
    this.#recorder.event(now, 'status', { level, code: info.code })
    this.#link.send(message)
  }
}
