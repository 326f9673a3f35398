import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { type AmfValue, amfFields } from '../../../wire/amf0.ts'
import { type ReceivedMessage, RtmpChunkReader } from '../../../wire/rtmp-chunk-reader.ts'
import { RtmpChunkWriter } from '../../../wire/rtmp-chunk-writer.ts'
import { ClientHandshake } from '../../../wire/rtmp-handshake.ts'
import { commandMessage, parseAmfMessage, RtmpType } from '../../../wire/rtmp-messages.ts'

/** A bare RTMP client on a real socket. */
export class SocketClient {
  readonly socket: Socket
  readonly writer = new RtmpChunkWriter()
  /** Commands that arrived: name, transaction, arguments. */
  readonly commands: AmfValue[][] = []
  readonly closed: Promise<void>
  readonly #reader = new RtmpChunkReader()
  readonly #handshake = new ClientHandshake()
  #shaken = false
  #wake: () => void = () => undefined

  private constructor(socket: Socket) {
    this.socket = socket
    this.closed = new Promise((resolve) => {
      socket.once('close', () => resolve())
    })
    socket.on('error', () => socket.destroy())
    socket.on('data', (bytes: Buffer) => this.#received(bytes))
    socket.on('close', () => this.#wake())
  }

  static async open(port: number, ca?: string): Promise<SocketClient> {
    const address = { host: '127.0.0.1', port }
    const socket = ca === undefined ? connect(address) : connectTls({ ...address, ca })
    await once(socket, ca === undefined ? 'connect' : 'secureConnect')
    return new SocketClient(socket)
  }

  #received(bytes: Buffer): void {
    let rest: Uint8Array = bytes
    if (!this.#shaken) {
      const step = this.#handshake.push(bytes)
      this.#shaken = step.done
      rest = step.rest
      for (const packet of step.send) this.socket.write(packet)
    }
    this.#reader.push(rest, (message) => this.#message(message))
    this.#wake()
  }

  #message(message: ReceivedMessage): void {
    if (message.type !== RtmpType.command) return
    this.commands.push(parseAmfMessage(message.type, message.payload))
  }

  /** Waits for something; gives up when the connection closes before it. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      if (this.socket.destroyed) throw new Error('the connection closed')
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  async shakeHands(): Promise<void> {
    this.socket.write(this.#handshake.start())
    await this.until(() => this.#shaken)
  }

  command(name: string, transaction: number, args: readonly AmfValue[], streamId = 0): void {
    const message = commandMessage({ name, transaction, args }, streamId)
    this.socket.write(this.writer.write(message, 3))
  }

  /** Up to the answer to `publish`; returns its code. */
  async publish(name: string): Promise<string> {
    await this.shakeHands()
    this.command('connect', 1, [{ app: 'live', tcUrl: 'rtmp://127.0.0.1/live' }])
    this.command('createStream', 2, [null])
    this.command('publish', 3, [null, name, 'live'], 1)
    const status = () => this.commands.find(([command]) => command === 'onStatus')
    await this.until(() => status() !== undefined)
    return String(amfFields(status()?.[3])?.['code'])
  }

  media(type: 8 | 9, timestamp: number, payload: Uint8Array): void {
    this.socket.write(this.writer.write({ type, streamId: 1, timestamp, payload }, 4))
  }
}
