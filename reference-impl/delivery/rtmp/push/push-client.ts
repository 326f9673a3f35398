// RTMP 1.0 §7.2, the client's side, as far as publishing needs it.
import { WireError } from '../../../errors.ts'
import { amfFields } from '../../../wire/amf0.ts'
import { DEFAULT_CHUNK_LIMITS } from '../../../wire/limits.ts'
import { RtmpChunkReader } from '../../../wire/rtmp-chunk-reader.ts'
import { RtmpChunkWriter } from '../../../wire/rtmp-chunk-writer.ts'
import { ClientHandshake } from '../../../wire/rtmp-handshake.ts'
import {
  acknowledgementMessage,
  COMMAND_CSID,
  CONTROL_CSID,
  commandMessage,
  parseCommand,
  parseU32,
  parseUserControl,
  type RtmpCommand,
  type RtmpMessage,
  RtmpType,
  setChunkSizeMessage,
  UserControl,
  userControlMessage,
} from '../../../wire/rtmp-messages.ts'
import { MAX_MESSAGE_BYTES, MAX_RECEIVED_BYTES } from './limits.ts'
import type { PushTarget } from './push-target.ts'

const CHUNK_SIZE = 4096
const CONNECT = 1
const CREATE_STREAM = 4
const PUBLISH = 5
const MEDIA_CSID: Readonly<Record<number, number>> = { 8: 4, 9: 6, 18: 7 }
const PUBLISH_CSID = 8
const LIMITS = {
  ...DEFAULT_CHUNK_LIMITS,
  maxMessageBytes: MAX_MESSAGE_BYTES,
  maxBufferedBytes: 4 * MAX_MESSAGE_BYTES,
}

export interface PushStep {
  readonly send: Buffer
  /** The other server lets us publish, from here on. */
  readonly publishing: boolean
}

/**
 * Publishes to another server; without socket and timer: its bytes go in, ours come out.
 * @throws WireError from `push` for bytes that break the protocol, `LP_PUSH_REFUSED` for a refusal
 */
export class PushClient {
  readonly #target: PushTarget
  readonly #handshake: ClientHandshake
  readonly #reader = new RtmpChunkReader(LIMITS)
  readonly #writer = new RtmpChunkWriter()
  #shaken = false
  #publishing = false
  #streamId = 0
  #received = 0
  #acknowledged = 0
  #window = Number.POSITIVE_INFINITY
  #out: Buffer[] = []

  /** @param time ms, any epoch */
  constructor(target: PushTarget, time: number) {
    this.#target = target
    this.#handshake = new ClientHandshake({ time })
  }

  /** Message stream to publish on; 0 before it is publishing. */
  get streamId(): number {
    return this.#publishing ? this.#streamId : 0
  }

  /** What is sent first. */
  start(): Buffer {
    return this.#handshake.start()
  }

  /** Bytes of the other server, as they come. */
  push(bytes: Uint8Array): PushStep {
    this.#received += bytes.length
    if (this.#received > MAX_RECEIVED_BYTES) {
      throw new WireError(
        'LP_PUSH_TALKATIVE',
        `the other server says more than ${MAX_RECEIVED_BYTES} bytes`,
      )
    }
    const before = this.#publishing
    let rest = bytes
    if (!this.#shaken) rest = this.#shakeHands(bytes)
    if (rest.length > 0) this.#reader.push(rest, (message) => this.#message(message))
    if (this.#shaken && this.#received - this.#acknowledged >= this.#window) {
      this.#acknowledged = this.#received
      this.#send(acknowledgementMessage(this.#received % 0x1_0000_0000), CONTROL_CSID)
    }
    const send = Buffer.concat(this.#out)
    this.#out = []
    return { send, publishing: this.#publishing && !before }
  }

  /** Media, as bytes to send. */
  write(messages: readonly RtmpMessage[]): Buffer {
    return Buffer.concat(
      messages.map((message) =>
        this.#writer.write(message, MEDIA_CSID[message.type] ?? COMMAND_CSID),
      ),
    )
  }

  /** Says goodbye. */
  finish(): Buffer {
    const { key } = this.#target
    this.#command('FCUnpublish', 6, [null, key])
    this.#command('deleteStream', 7, [null, this.#streamId])
    const send = Buffer.concat(this.#out)
    this.#out = []
    return send
  }

  #shakeHands(bytes: Uint8Array): Uint8Array {
    const step = this.#handshake.push(bytes)
    this.#out.push(...step.send)
    if (!step.done) return step.rest
    this.#shaken = true
    const { app, tcUrl } = this.#target
    this.#send(setChunkSizeMessage(CHUNK_SIZE), CONTROL_CSID)
    this.#writer.chunkSize = CHUNK_SIZE
    this.#command('connect', CONNECT, [
      { app, type: 'nonprivate', flashVer: 'FMLE/3.0 (compatible; liveproof)', tcUrl },
    ])
    return step.rest
  }

  #message({ type, payload }: RtmpMessage): void {
    if (type === RtmpType.windowAckSize) {
      this.#window = Math.max(1, parseU32(payload))
    } else if (type === RtmpType.userControl) {
      const { event, value } = parseUserControl(payload)
      if (event === UserControl.pingRequest) {
        this.#send(userControlMessage(UserControl.pingResponse, value), CONTROL_CSID)
      }
    } else if (type === RtmpType.command || type === RtmpType.commandAmf3) {
      this.#answer(parseCommand(type, payload))
    }
  }

  #answer(command: RtmpCommand): void {
    const { name, transaction, args } = command
    if (name === '_result' && transaction === CONNECT) {
      const { key } = this.#target
      this.#command('releaseStream', 2, [null, key])
      this.#command('FCPublish', 3, [null, key])
      this.#command('createStream', CREATE_STREAM, [null])
    } else if (name === '_result' && transaction === CREATE_STREAM) {
      if (typeof args[1] !== 'number') throw refused('it created no stream')
      this.#streamId = args[1]
      const publish = { name: 'publish', transaction: PUBLISH }
      const message = commandMessage(
        { ...publish, args: [null, this.#target.key, 'live'] },
        this.#streamId,
      )
      this.#send(message, PUBLISH_CSID)
    } else if (name === '_error' && (transaction === CONNECT || transaction === CREATE_STREAM)) {
      throw refused(codeOf(command))
    } else if (name === 'onStatus') {
      this.#status(command)
    }
  }

  #status(command: RtmpCommand): void {
    const { level } = amfFields(command.args[1]) ?? {}
    const code = codeOf(command)
    if (level === 'error') throw refused(code)
    if (code === 'NetStream.Publish.Start') this.#publishing = true
    else if (code === 'NetStream.Unpublish.Success') throw refused(code)
  }

  #command(name: string, transaction: number, args: RtmpCommand['args']): void {
    this.#send(commandMessage({ name, transaction, args }), COMMAND_CSID)
  }

  #send(message: RtmpMessage, csid: number): void {
    this.#out.push(this.#writer.write(message, csid))
  }
}

/** The status code of an answer, cut to letters that are harmless anywhere. */
function codeOf({ args }: RtmpCommand): string {
  const { code } = amfFields(args[1]) ?? {}
  return typeof code === 'string' ? code.replace(/[^\w.]/g, '').slice(0, 100) : 'no status'
}

function refused(why: string): WireError {
  return new WireError('LP_PUSH_REFUSED', `the other server refused: ${why}`)
}
