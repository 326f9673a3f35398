import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { RtmpChunkWriter } from '../../reference-impl/wire/rtmp-chunk-writer.ts'
import { ClientHandshake } from '../../reference-impl/wire/rtmp-handshake.ts'
import { COMMAND_CSID, commandMessage } from '../../reference-impl/wire/rtmp-messages.ts'
import { handshake } from '../viewers/swarm/websocket-client.ts'

const READ_BUFFER_BYTES = 256 * 1024
/** S0, S1 and S2 (RTMP 1.0 §5.2). */
const SERVER_HANDSHAKE_BYTES = 1 + 2 * 1536
/** The first media stream that a server gives a client. */
const FIRST_STREAM = 1
const PLAY_CSID = 8

/** Readers that take bytes as the swarm does, from sockets into one buffer, and only count them. */
export class ByteReaders {
  bytes = 0
  readonly #sockets: Socket[] = []
  readonly #buffer = Buffer.allocUnsafeSlow(READ_BUFFER_BYTES)

  get open(): number {
    return this.#sockets.filter((socket) => !socket.destroyed).length
  }

  /** Joins as a WebSocket. */
  async webSocket(url: string): Promise<void> {
    const { hostname, port, host, pathname, search } = new URL(url)
    const socket = await this.#open(hostname, Number(port), () => {})
    socket.write(handshake(host, pathname + search).request)
  }

  /** Joins as a player: `url` is that of the application, `rtmp://host:port/app`. */
  async rtmp(url: string, name: string): Promise<void> {
    const { hostname, port, pathname } = new URL(url.replace(/^rtmp:/, 'http:'))
    const app = pathname.slice(1)
    let got = 0
    const shake = new ClientHandshake()
    const socket = await this.#open(hostname, Number(port), (chunk) => {
      if (got >= SERVER_HANDSHAKE_BYTES) return
      const { send } = shake.push(Buffer.from(chunk))
      for (const bytes of send) socket.write(bytes)
      got += chunk.length
      if (got >= SERVER_HANDSHAKE_BYTES) socket.write(playCommands(app, url, name))
    })
    socket.write(shake.start())
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  async #open(host: string, port: number, first: (chunk: Buffer) => void): Promise<Socket> {
    const buffer = this.#buffer
    const callback = (count: number) => {
      this.bytes += count
      first(buffer.subarray(0, count))
      return true
    }
    const socket = connect({ host, port, noDelay: true, onread: { buffer, callback } })
    this.#sockets.push(socket)
    socket.on('error', () => {})
    await once(socket, 'connect')
    return socket
  }
}

function playCommands(app: string, tcUrl: string, name: string): Buffer {
  const writer = new RtmpChunkWriter()
  const command = (name: string, transaction: number, args: (string | number | null | object)[]) =>
    commandMessage({ name, transaction, args: args as never }, name === 'play' ? FIRST_STREAM : 0)
  return Buffer.concat([
    writer.write(command('connect', 1, [{ app, tcUrl, flashVer: 'LNX 9,0,124,2' }]), COMMAND_CSID),
    writer.write(command('createStream', 2, [null]), COMMAND_CSID),
    writer.write(command('play', 0, [null, name, -2000]), PLAY_CSID),
  ])
}
