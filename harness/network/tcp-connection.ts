import { connect, type Socket } from 'node:net'
import { ByteQueue } from './byte-queue.ts'
import type { Direction } from './direction.ts'
import type { Driver } from './driver.ts'
import type { LinkModel } from './link-model.ts'
import type { Punctuality } from './punctuality.ts'
import { Handshake } from './tcp/handshake.ts'
import { Stream } from './tcp/stream.ts'
import { HEADER_BYTES } from './tcp/tcp-limits.ts'

/** Why a connection through a link is over. */
export type TcpEnd =
  | 'closed'
  | 'reset by client'
  | 'reset by server'
  | 'refused'
  | 'timed out'
  | 'reset by link'
  | 'link closed'

export interface TcpConnectionOptions {
  readonly client: Socket
  readonly to: { readonly host: string; readonly port: number }
  readonly model: LinkModel
  readonly driver: Driver
  readonly punctuality: Punctuality
  onEnd(reason: TcpEnd): void
  /** Something was read from the client. */
  onTaken(): void
}

type Side = 'client' | 'server'

/**
 * One TCP connection through a link. Both ends are real sockets; between them a modelled TCP
 * carries the bytes. Where the link does nothing, bytes are passed on as they are.
 */
export class TcpConnection {
  /** Nothing passes, and nobody is told. */
  halfOpen = false
  /** Bytes that the link has read from the client. */
  taken = 0
  readonly #options: TcpConnectionOptions
  readonly #sockets: { client: Socket; server: Socket | null }
  readonly #ways: { client: Way; server: Way }
  readonly #handshake: Handshake
  readonly #gone = new Set<Side>()
  #ended = false

  constructor(options: TcpConnectionOptions) {
    const { client, model, driver } = options
    this.#options = options
    this.#sockets = { client, server: null }
    this.#ways = {
      client: new Way(this, 'client', model.up, model.down, options),
      server: new Way(this, 'server', model.down, model.up, options),
    }
    this.#handshake = new Handshake({
      agenda: model.agenda,
      up: model.up,
      down: model.down,
      blocked: () => this.halfOpen,
      onSyn: () => this.#connect(),
      onEstablished: (at, roundTripMs) => this.#ways.client.stream.sender.start(at, roundTripMs),
      onConfirmed: (at) => this.#ways.server.stream.sender.start(at),
      onGivenUp: () => this.end('timed out', 'client'),
    })
    this.#attach('client', client)
    driver.enter((now) => this.#handshake.begin(now))
  }

  socketAt(side: Side): Socket | null {
    return this.#sockets[side]
  }

  /** Port of the client's end. */
  get clientPort(): number | null {
    return this.#options.client.remotePort ?? null
  }

  confirmed(at: number): void {
    this.#handshake.confirmed(at)
  }

  /** The link in both directions does nothing to packets. */
  get transparent(): boolean {
    const { up, down } = this.#options.model
    return !this.halfOpen && up.transparent && down.transparent && this.#handshake.done
  }

  #connect(): void {
    const { host, port } = this.#options.to
    const server = connect({ host, port, noDelay: true, allowHalfOpen: true })
    this.#sockets.server = server
    server.once('connect', () => this.#options.driver.enter((now) => this.#handshake.accept(now)))
    this.#attach('server', server)
  }

  #attach(side: Side, socket: Socket): void {
    const { driver } = this.#options
    const way = this.#ways[side]
    const back = this.#ways[other(side)]
    socket.on('data', (chunk: Buffer) => {
      driver.enter((now) => way.read(chunk, now))
      if (side === 'client') this.#tookFromClient(chunk.length)
    })
    socket.on('end', () => driver.enter((now) => way.ended(now)))
    socket.on('drain', () => driver.enter((now) => back.drained(now)))
    socket.on('error', () => driver.enter((now) => this.#died(side, now)))
    socket.on('close', () => driver.enter((now) => this.#closed(side, now)))
  }

  #tookFromClient(bytes: number): void {
    this.taken += bytes
    this.#options.onTaken()
  }

  /** Both ways have come to their end. */
  wayDone(): void {
    if (this.#ways.client.done && this.#ways.server.done) this.end('closed')
  }

  #closed(side: Side, now: number): void {
    // Closed before its way out was done: nobody is there any more to read what comes.
    if (!this.#ways[other(side)].done) this.#died(side, now)
  }

  /** One end is gone without a word: the link carries a reset, unless it loses it. */
  #died(side: Side, now: number): void {
    if (this.#ended || this.#gone.has(side)) return
    this.#gone.add(side)
    this.#ways[side].stream.sender.stop()
    this.tellReset(side, now)
  }

  /** Also for every segment that arrives where nobody is any more. */
  tellReset(from: Side, now: number): void {
    if (!this.#gone.has(from) || this.#ended) return
    const { model } = this.#options
    const never = from === 'server' && !this.#handshake.accepted
    const reason: TcpEnd = never ? 'refused' : `reset by ${from}`
    const direction = from === 'client' ? model.up : model.down
    const payload = { deliver: () => this.end(reason, other(from)) }
    direction.offer(now, HEADER_BYTES, payload, this.halfOpen)
  }

  isGone(side: Side): boolean {
    return this.#gone.has(side)
  }

  /** Ends both sides at once; `tell` names the only one that is reset where it is not both. */
  end(reason: TcpEnd, tell?: Side): void {
    if (this.#ended) return
    this.#ended = true
    this.#handshake.stop()
    for (const way of [this.#ways.client, this.#ways.server]) way.stream.stop()
    for (const side of ['client', 'server'] as const) {
      const socket = this.#sockets[side]
      if (!socket || socket.destroyed) continue
      if (reason === 'closed') socket.end()
      else if (tell === undefined || tell === side || reason === 'timed out')
        socket.resetAndDestroy()
      else socket.destroy()
    }
    this.#options.onEnd(reason)
  }
}

/** One way through the connection: from the socket of `side` to the other. */
class Way {
  readonly stream: Stream
  done = false
  readonly #connection: TcpConnection
  readonly #side: Side
  readonly #direction: Direction
  readonly #bytes = new ByteQueue()
  readonly #options: TcpConnectionOptions
  #finished = false

  constructor(
    connection: TcpConnection,
    side: Side,
    data: Direction,
    back: Direction,
    options: TcpConnectionOptions,
  ) {
    this.#connection = connection
    this.#side = side
    this.#direction = data
    this.#options = options
    this.stream = new Stream({
      agenda: options.model.agenda,
      data,
      back,
      blocked: () => connection.halfOpen,
      onBytes: (count, at) => this.#deliver(count, at),
      onEnd: () => this.#finish(),
      onRoom: () => this.#source?.resume(),
      onGivenUp: () => connection.end('timed out', side),
      onSegment: (at) => {
        if (side === 'client') connection.confirmed(at)
        if (connection.isGone(other(side))) connection.tellReset(other(side), at)
      },
      buffered: () => this.#sink?.writableLength ?? 0,
    })
  }

  get #source(): Socket | null {
    return this.#connection.socketAt(this.#side)
  }

  get #sink(): Socket | null {
    return this.#connection.socketAt(other(this.#side))
  }

  /** Nothing is done to bytes, and none are under way that these could overtake. */
  get #direct(): boolean {
    return this.#connection.transparent && this.#bytes.length === 0 && this.stream.sender.isIdle
  }

  read(chunk: Buffer, now: number): void {
    const sink = this.#sink
    if (this.#direct && sink) {
      this.#direction.passed(now, chunk.length)
      if (!sink.write(chunk)) this.#source?.pause()
      return
    }
    this.#bytes.push(chunk)
    this.stream.sender.write(chunk.length, now)
    if (!this.stream.sender.hasRoom) this.#source?.pause()
  }

  ended(now: number): void {
    if (this.#finished) return
    this.#finished = true
    if (this.#direct) this.#finish()
    else this.stream.sender.end(now)
  }

  /** The far socket has taken what was written to it. */
  drained(now: number): void {
    this.stream.receiver.taken(now)
    if (this.stream.sender.hasRoom) this.#source?.resume()
  }

  #deliver(count: number, at: number): void {
    const { punctuality, driver } = this.#options
    punctuality.delivered(at, driver.now())
    const sink = this.#sink
    const pieces = this.#bytes.take(count)
    if (!sink || sink.destroyed || sink.writableEnded) return
    if (pieces.length === 1) sink.write(pieces[0]!)
    else sink.write(Buffer.concat(pieces))
  }

  #finish(): void {
    this.done = true
    const sink = this.#sink
    if (sink && !sink.destroyed) sink.end()
    this.#connection.wayDone()
  }
}

function other(side: Side): Side {
  return side === 'client' ? 'server' : 'client'
}
