import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { nowMs } from '../measure/clock.ts'
import type { HostPort } from '../network/link-proxy.ts'
import { CLOSE_DEADLINE_MS, MAX_CALLERS, MAX_UNSENT_BYTES } from './limits.ts'
import type { Tap, TapOptions } from './tap.ts'

/** Ends of connections are passed on as they come: FIN as FIN, reset as reset. */
export class TcpTap implements Tap {
  readonly #options: TapOptions
  readonly #servers: Server[] = []
  readonly #sockets = new Set<Socket>()
  #callers = 0

  constructor(options: TapOptions) {
    this.#options = options
  }

  async listen({ host, port }: HostPort): Promise<HostPort> {
    const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) =>
      this.#accept(socket),
    )
    server.maxConnections = MAX_CALLERS
    this.#servers.push(server)
    server.listen(port, host)
    await once(server, 'listening')
    // Errors after this concern one connection that could not be accepted.
    server.on('error', () => {})
    return { host, port: (server.address() as AddressInfo).port }
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await Promise.all(
      this.#servers.map(async (server) => {
        if (!server.listening) return
        server.close()
        await once(server, 'close', { signal: AbortSignal.timeout(CLOSE_DEADLINE_MS) }).catch(
          () => {},
        )
      }),
    )
  }

  #accept(client: Socket): void {
    const caller = this.#callers++
    const { host, port } = this.#options.to
    const server = connect({ host, port, noDelay: true, allowHalfOpen: true })
    this.#pass(client, server, caller, 'up')
    this.#pass(server, client, caller, 'down')
  }

  #pass(from: Socket, to: Socket, caller: number, way: 'up' | 'down'): void {
    this.#sockets.add(from)
    from.on('data', (bytes: Buffer) => {
      this.#options.onPassed({ caller, way, at: nowMs(), bytes })
      if (!to.writable) return
      to.write(bytes)
      if (to.writableLength <= MAX_UNSENT_BYTES) return
      from.pause()
      to.once('drain', () => from.resume())
    })
    from.on('end', () => to.end())
    from.on('error', () => to.resetAndDestroy())
    from.on('close', () => {
      this.#sockets.delete(from)
      // Whoever closed without reading to the end will read nothing more.
      if (!from.readableEnded) to.destroy()
    })
  }
}
