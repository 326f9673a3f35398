import { once } from 'node:events'
import { connect as connectTcp, type Socket } from 'node:net'
import { TargetError } from '../../errors.ts'
import { nowMs } from '../../measure/clock.ts'
import { type Amf0, amf0All } from './craft/amf0.ts'
import { type ChunkOptions, chunked, MESSAGE, type Message } from './craft/chunk.ts'
import { type DigestScheme, digestHello, HANDSHAKE_SIZE, simpleHello } from './craft/handshake.ts'
import { type Amf0Value, readAmf0All } from './read/amf0-reader.ts'
import { ChunkReader, type ReceivedMessage } from './read/chunk-reader.ts'

/** A message with when it came, ms since the connection opened. */
export interface Received extends ReceivedMessage {
  readonly at: number
}

export interface Command {
  readonly name: string
  readonly transaction: number
  readonly values: Amf0Value[]
  readonly at: number
}

export interface Greeting {
  readonly c1: Buffer
  readonly s0: number
  readonly s1: Buffer
  readonly s2: Buffer
}

const OPEN_MS = 3_000
/** How long a healthy server may take over an answer. */
export const ANSWER_MS = 5_000
/** Enough for every probe; what comes after is read and forgotten. */
const MAX_MESSAGES = 2_000
const DEFAULT_CHUNK_SIZE = 128

/**
 * A minimal RTMP client for probes: it sends any bytes, keeps no rule, and reads what comes back
 * with its own eyes. Every wait has a deadline; a wait that ends without its event answers
 * `undefined`, because "nothing came" is often what a probe wants to know.
 */
export class RawClient {
  /** Complete messages in the order in which they came. */
  readonly messages: Received[] = []
  /** Chunk size of what `message` and `command` send; the probe announces it itself. */
  chunkSize = DEFAULT_CHUNK_SIZE
  /** Bytes that came, handshake included. */
  bytesReceived = 0
  /** Why the server's bytes could not be read; null as long as they can. */
  unreadable: string | null = null
  /** Takes media that come: they are then not kept. Whoever plays sets it. */
  onMedia: ((message: Received) => void) | null = null
  /** ms since the connection opened; null while it is open */
  closedAt: number | null = null

  readonly #socket: Socket
  readonly #openedAt = nowMs()
  readonly #reader = new ChunkReader()
  readonly #wake = new Set<() => void>()
  #greeting = Buffer.alloc(0)
  #reading = false
  #transaction = 0

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.on('error', () => {}) // 'close' follows, and a reset is as good a close as any
    socket.on('data', (bytes: Buffer) => this.#onData(bytes))
    socket.on('end', () => this.#onClosed())
    socket.on('close', () => this.#onClosed())
  }

  /** @throws TargetError LP_RTMP_UNREACHABLE */
  static async open(url: string): Promise<RawClient> {
    const { hostname, port } = new URL(url.replace(/^rtmp/, 'http'))
    const socket = connectTcp({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port || 1935),
    })
    try {
      await once(socket, 'connect', { signal: AbortSignal.timeout(OPEN_MS) })
    } catch (cause) {
      socket.destroy()
      throw new TargetError('LP_RTMP_UNREACHABLE', `no RTMP server answers at ${url}`, { cause })
    }
    return new RawClient(socket)
  }

  /** ms since the connection opened */
  get elapsed(): number {
    return nowMs() - this.#openedAt
  }

  /** Bytes that the kernel has not taken yet. */
  get unsent(): number {
    return this.#socket.writableLength
  }

  /** Writes bytes as they are. False when the connection is closed, or full for `ms`. */
  async send(bytes: Uint8Array, ms = ANSWER_MS): Promise<boolean> {
    if (this.closedAt !== null || this.#socket.destroyed) return false
    if (this.#socket.write(bytes)) return true
    const onDrain = () => this.#notify()
    this.#socket.on('drain', onDrain)
    await this.until(() => (this.#socket.writableLength === 0 ? true : undefined), ms)
    this.#socket.off('drain', onDrain)
    return this.closedAt === null && this.#socket.writableLength === 0
  }

  /** C0, C1, C2, and what came back; undefined when S0, S1 and S2 are not complete in time. */
  async handshake(
    mode: 'simple' | DigestScheme = 'simple',
    ms = ANSWER_MS,
  ): Promise<Greeting | undefined> {
    const { c0, c1 } = mode === 'simple' ? simpleHello() : digestHello(mode)
    await this.send(Buffer.concat([c0, c1]))
    const answer = await this.greeting(ms)
    if (!answer) return undefined
    await this.send(answer.s1)
    return { c1, ...answer }
  }

  /** S0, S1 and S2, once they are there. What comes after them is read as chunks. */
  async greeting(ms = ANSWER_MS): Promise<Omit<Greeting, 'c1'> | undefined> {
    const size = 1 + 2 * HANDSHAKE_SIZE
    const bytes = await this.until(
      () => (this.#greeting.length >= size ? this.#greeting : undefined),
      ms,
    )
    if (!bytes) return undefined
    this.#reading = true
    this.#read(bytes.subarray(size))
    return {
      s0: bytes[0] ?? -1,
      s1: bytes.subarray(1, 1 + HANDSHAKE_SIZE),
      s2: bytes.subarray(1 + HANDSHAKE_SIZE, size),
    }
  }

  /** Sends a message in chunks of `chunkSize`. */
  message(message: Message, options: Partial<ChunkOptions> & { csid: number }): Promise<boolean> {
    return this.send(chunked(message, { chunkSize: this.chunkSize, ...options }))
  }

  /** Sends a command with the next transaction number, and returns that number. */
  async command(name: string, args: readonly Amf0[], stream = 0): Promise<number> {
    const transaction = ++this.#transaction
    const body = amf0All(name, transaction, ...args)
    await this.message({ type: MESSAGE.command, stream, timestamp: 0, body }, { csid: 3 })
    return transaction
  }

  /** The server's answer to a command: `_result` or `_error`. */
  async answer(transaction: number, ms = ANSWER_MS): Promise<Command | undefined> {
    return this.until(
      () =>
        this.commands().find(
          (it) => /^_(result|error)$/.test(it.name) && it.transaction === transaction,
        ),
      ms,
    )
  }

  /** Every command that came, in order. */
  commands(): Command[] {
    const result: Command[] = []
    for (const { type, body, at } of this.messages) {
      if (type !== MESSAGE.command && type !== MESSAGE.amf3Command) continue
      const { values } = readAmf0All(type === MESSAGE.command ? body : body.subarray(1))
      const [name, transaction, ...rest] = values
      if (typeof name !== 'string') continue
      result.push({ name, transaction: Number(transaction), values: rest, at })
    }
    return result
  }

  /** Whether the server closed within `ms`, by FIN or RST. */
  async closed(ms: number): Promise<boolean> {
    await this.until(() => this.closedAt ?? undefined, ms)
    return this.closedAt !== null
  }

  /** Asks `probe` now and after everything that comes, until it answers or `ms` have passed. */
  async until<T>(probe: () => T | undefined, ms: number): Promise<T | undefined> {
    const deadline = nowMs() + ms
    for (;;) {
      const found = probe()
      const left = deadline - nowMs()
      if (found !== undefined || left <= 0) return found
      if (this.closedAt !== null) return undefined
      await new Promise<void>((resolve) => {
        const done = () => {
          clearTimeout(timer)
          this.#wake.delete(done)
          resolve()
        }
        const timer = left === Number.POSITIVE_INFINITY ? undefined : setTimeout(done, left)
        this.#wake.add(done)
      })
    }
  }

  /** Leaves unread what the server sends. */
  pause(): void {
    this.#socket.pause()
  }

  /** Reads again. */
  resume(): void {
    this.#socket.resume()
  }

  /** Says goodbye by FIN. */
  end(): void {
    this.#socket.end()
  }

  /** Drops the connection at once. */
  destroy(): void {
    this.#socket.destroy()
  }

  #onData(bytes: Buffer): void {
    this.bytesReceived += bytes.length
    if (this.#reading) this.#read(bytes)
    else if (this.#greeting.length < 2 * (1 + 2 * HANDSHAKE_SIZE)) {
      this.#greeting = Buffer.concat([this.#greeting, bytes])
    }
    this.#notify()
  }

  #read(bytes: Buffer): void {
    if (this.unreadable !== null) return
    try {
      for (const message of this.#reader.push(bytes)) {
        const received = { ...message, at: this.elapsed }
        const isMedia = message.type === MESSAGE.audio || message.type === MESSAGE.video
        if (this.onMedia && isMedia) this.onMedia(received)
        else if (this.messages.length < MAX_MESSAGES) this.messages.push(received)
      }
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      this.unreadable = error.message
    }
  }

  #onClosed(): void {
    this.closedAt ??= this.elapsed
    this.#notify()
  }

  #notify(): void {
    for (const wake of [...this.#wake]) wake()
  }
}
