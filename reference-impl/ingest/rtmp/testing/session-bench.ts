import type { Playout } from '../../../delivery/rtmp/playout.ts'
import type { PublishDecision } from '../../../live/publication.ts'
import type { AmfValue } from '../../../wire/amf0.ts'
import { RtmpChunkReader } from '../../../wire/rtmp-chunk-reader.ts'
import { type ChunkFormat, RtmpChunkWriter } from '../../../wire/rtmp-chunk-writer.ts'
import { ClientHandshake } from '../../../wire/rtmp-handshake.ts'
import {
  commandMessage,
  parseAmfMessage,
  type RtmpMessage,
  RtmpType,
} from '../../../wire/rtmp-messages.ts'
import { IngestLog } from '../../ingest-log.ts'
import type { IngestRecord } from '../../record.ts'
import type { RtmpCloseReason } from '../close-reason.ts'
import { DEFAULT_RTMP_LIMITS, type RtmpLimits } from '../limits.ts'
import { defaultRtmpSeams, type RtmpSeams } from '../seams.ts'
import { RtmpSession } from '../session.ts'
import { RecordingGate } from './recording-gate.ts'

export interface BenchOptions {
  readonly limits?: Partial<RtmpLimits>
  readonly seams?: Partial<RtmpSeams>
  readonly gate?: RecordingGate
  /** The test brings the client's side of the handshake itself: C0, C1 and C2. */
  readonly ownHandshake?: boolean
  /** Decisions wait until `release` is called. */
  readonly slowGate?: boolean
  readonly playout?: Playout
}

/** One session with a client in the same process, and a clock that the test turns. */
export class SessionBench {
  readonly session: RtmpSession
  readonly gate: RecordingGate
  readonly log = new IngestLog()
  readonly limits: RtmpLimits
  /** Everything that the session sent after the handshake. */
  readonly answers: RtmpMessage[] = []
  readonly closes: RtmpCloseReason[] = []
  readonly writer = new RtmpChunkWriter()
  now = 1_000_000
  bytesSent = 0
  /** Bytes that the peer is said not to have taken. */
  queued = 0
  /** Bytes that it is said to have taken; all of them unless set. */
  taken: number | undefined
  readonly #waiting: (() => void)[] = []
  readonly #handshake = new ClientHandshake()
  readonly #reader = new RtmpChunkReader()
  readonly #ownHandshake: boolean
  #shaken = false

  constructor(options: BenchOptions = {}) {
    this.gate = options.gate ?? new RecordingGate()
    this.#ownHandshake = options.ownHandshake ?? false
    this.limits = { ...DEFAULT_RTMP_LIMITS, ...options.limits }
    this.session = new RtmpSession({
      protocol: 'rtmp',
      remote: '127.0.0.1:1',
      limits: this.limits,
      seams: { ...defaultRtmpSeams(), ...options.seams },
      log: this.log,
      playout: options.playout,
      port: {
        now: () => this.now,
        send: (bytes) => this.#received(bytes),
        queuedBytes: () => this.queued,
        sentBytes: () => this.taken ?? this.bytesSent,
        requestPublish: (name, publisher, answer) => {
          const decision: PublishDecision = this.gate.decide(name, publisher)
          if (options.slowGate) this.#waiting.push(() => answer(decision, this.now))
          else answer(decision, this.now)
        },
        close: (reason) => this.closes.push(reason),
      },
    })
  }

  get record(): IngestRecord {
    const [record] = this.log.list()
    if (record === undefined) throw new Error('the session has no record')
    return record
  }

  #received(bytes: Buffer): void {
    this.bytesSent += bytes.length
    let rest: Uint8Array = bytes
    if (!this.#shaken) {
      const step = this.#handshake.push(bytes)
      this.#shaken = step.done
      rest = step.rest
      if (!this.#ownHandshake) for (const packet of step.send) this.receive(packet)
    }
    this.#reader.push(rest, (message) => this.answers.push(message))
  }

  /** Lets the gate answer what was asked so far. */
  release(): void {
    for (const answer of this.#waiting.splice(0)) answer()
  }

  receive(bytes: Uint8Array): void {
    this.session.receive(bytes, this.now)
  }

  send(message: RtmpMessage, csid = 3, format?: ChunkFormat): void {
    this.receive(this.writer.write(message, csid, format))
  }

  command(name: string, transaction: number, args: readonly AmfValue[], streamId = 0): void {
    this.send(commandMessage({ name, transaction, args }, streamId), streamId === 0 ? 3 : 8)
  }

  shakeHands(): this {
    this.receive(this.#handshake.start())
    return this
  }

  connect(app = 'live'): this {
    this.shakeHands()
    this.command('connect', 1, [{ app, tcUrl: `rtmp://127.0.0.1/${app}` }])
    return this
  }

  publish(name = 'ABCDE-12345', kind = 'live'): this {
    this.command('createStream', 4, [null])
    this.command('publish', 5, [null, name, kind], 1)
    return this
  }

  media(type: 8 | 9, timestamp: number, payload: Uint8Array, streamId = 1): void {
    this.send({ type, streamId, timestamp, payload }, type === 8 ? 4 : 6)
  }

  /** Turns the clock on and lets the session notice. */
  pass(ms: number): void {
    const until = this.now + ms
    while (!this.session.ended && this.session.deadline <= until) {
      this.now = Math.max(this.now, this.session.deadline)
      this.session.tick(this.now)
    }
    this.now = until
  }

  /** Commands that the session sent: name, transaction, arguments. */
  get commands(): AmfValue[][] {
    return this.answers
      .filter((message) => message.type === RtmpType.command)
      .map((message) => parseAmfMessage(message.type, message.payload))
  }

  /** Codes of the onStatus, _result and _error messages that the session sent. */
  get codes(): string[] {
    return this.commands.flatMap(([, , , info]) => {
      const code = (info as { code?: unknown } | null | undefined)?.code
      return typeof code === 'string' ? [code] : []
    })
  }
}
