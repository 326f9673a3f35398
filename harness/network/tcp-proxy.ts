import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { CLOSE_DEADLINE_MS, MAX_TCP_CONNECTIONS } from './limits.ts'
import type { LinkProxy, ProxyOptions } from './link-proxy.ts'
import { TcpConnection, type TcpEnd } from './tcp-connection.ts'

/** Listens, and puts the link between every connection and `to`. */
export class TcpProxy implements LinkProxy {
  readonly ends: Partial<Record<TcpEnd, number>> = {}
  readonly #options: ProxyOptions
  readonly #server: Server
  readonly #connections = new Set<TcpConnection>()
  readonly #takenListeners = new Set<() => void>()

  private constructor(options: ProxyOptions) {
    this.#options = options
    this.#server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) =>
      this.#accept(socket),
    )
    // Errors after listening concern one connection that could not be accepted.
    this.#server.on('error', () => {})
  }

  static async open(options: ProxyOptions): Promise<TcpProxy> {
    const proxy = new TcpProxy(options)
    proxy.#server.listen(options.listen.port, options.listen.host)
    await once(proxy.#server, 'listening')
    return proxy
  }

  get address(): { host: string; port: number } {
    const { port } = this.#server.address() as AddressInfo
    return { host: this.#options.listen.host, port }
  }

  get open(): number {
    return this.#connections.size
  }

  /** Bytes that the link has read from the client at this port; null when there is none. */
  taken(clientPort: number): number | null {
    for (const connection of this.#connections)
      if (connection.clientPort === clientPort) return connection.taken
    return null
  }

  onTaken(listener: () => void): () => void {
    this.#takenListeners.add(listener)
    return () => this.#takenListeners.delete(listener)
  }

  reset(): void {
    for (const connection of [...this.#connections]) connection.end('reset by link')
  }

  halfOpen(on: boolean): void {
    for (const connection of this.#connections) connection.halfOpen = on
  }

  async close(): Promise<void> {
    for (const connection of [...this.#connections]) connection.end('link closed')
    if (!this.#server.listening) return
    this.#server.close()
    await once(this.#server, 'close', { signal: AbortSignal.timeout(CLOSE_DEADLINE_MS) }).catch(
      () => {},
    )
  }

  #accept(client: Socket): void {
    if (this.#connections.size >= MAX_TCP_CONNECTIONS) {
      client.on('error', () => {})
      client.resetAndDestroy()
      return
    }
    const { model, driver, punctuality, to } = this.#options
    const connection: TcpConnection = new TcpConnection({
      client,
      to,
      model,
      driver,
      punctuality,
      onTaken: () => {
        for (const listener of this.#takenListeners) listener()
      },
      onEnd: (reason) => {
        this.ends[reason] = (this.ends[reason] ?? 0) + 1
        this.#connections.delete(connection)
      },
    })
    this.#connections.add(connection)
  }
}
