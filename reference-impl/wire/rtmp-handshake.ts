// RTMP 1.0 §5.2, and the digest handshake.
import { randomFillSync } from 'node:crypto'
import { WireError } from '../errors.ts'
import {
  type DigestScheme,
  findDigest,
  HANDSHAKE_BYTES,
  isAnswer,
  PLAYER_KEY,
  SERVER_KEY,
  signAnswer,
  signPacket,
} from './rtmp-digest.ts'

export const RTMP_VERSION = 3
export { HANDSHAKE_BYTES } from './rtmp-digest.ts'

/** Version in bytes 4–7 of an S1 that carries a digest; below 3.0.0.0 clients expect none. */
const SERVER_VERSION = 0x04_05_00_01
/** The same for a C1; clients that send no digest send zero. */
const CLIENT_VERSION = 0x09_00_7c_02

export interface HandshakeStep {
  /** To be sent to the peer, in order. */
  readonly send: readonly Buffer[]
  /** True once the handshake is over. */
  readonly done: boolean
  /** What followed the handshake in the same bytes; only when `done`. */
  readonly rest: Uint8Array
}

/** What a client's side of the handshake looked like. */
export interface ClientHandshakeFacts {
  /** C0 */
  readonly version: number
  /** Bytes 4–7 of C1 are zero, as the specification wants. */
  readonly c1Zero: boolean
  /** C1 carries a digest: its scheme. */
  readonly digest: DigestScheme | null
  /** C2 repeats S1's time and random bytes. */
  readonly c2EchoesS1: boolean
  /** C2 answers S1's digest. */
  readonly c2AnswersDigest: boolean
}

export interface HandshakeOptions {
  /** Fills a buffer with random bytes; tests make it repeatable. */
  readonly random?: (bytes: Buffer) => void
  /** ms, any epoch: the time field of the packet that we send. */
  readonly time?: number
}

export interface ServerHandshakeOptions extends HandshakeOptions {
  /** Changes S2 before it is sent; a seam for faults. */
  readonly transformS2?: (s2: Buffer) => Buffer
}

const NONE = Buffer.alloc(0)

/** Collects exactly `size` bytes from pieces. */
class Packet {
  readonly bytes: Buffer
  #filled = 0

  constructor(size: number) {
    this.bytes = Buffer.alloc(size)
  }

  get whole(): boolean {
    return this.#filled === this.bytes.length
  }

  /** Takes what it needs and returns the rest. */
  fill(input: Uint8Array): Uint8Array {
    const size = Math.min(input.length, this.bytes.length - this.#filled)
    this.bytes.set(input.subarray(0, size), this.#filled)
    this.#filled += size
    return input.subarray(size)
  }
}

function randomPacket(options: HandshakeOptions, version: number): Buffer {
  const packet = Buffer.allocUnsafe(HANDSHAKE_BYTES)
  const random = options.random ?? ((bytes: Buffer) => void randomFillSync(bytes))
  random(packet)
  packet.writeUInt32BE((options.time ?? 0) >>> 0, 0)
  packet.writeUInt32BE(version, 4)
  return packet
}

/** An echo may carry its own read time in bytes 4–7 (§5.2.4), so those are not compared. */
function echoes(echo: Buffer, original: Buffer): boolean {
  return (
    echo.compare(original, 0, 4, 0, 4) === 0 &&
    echo.compare(original, 8, HANDSHAKE_BYTES, 8, HANDSHAKE_BYTES) === 0
  )
}

/** The server's side. Throws `LP_RTMP_VERSION` for a C0 other than 3. */
export class ServerHandshake {
  readonly #options: ServerHandshakeOptions
  readonly #c0c1 = new Packet(1 + HANDSHAKE_BYTES)
  readonly #c2 = new Packet(HANDSHAKE_BYTES)
  #s1: Buffer = NONE
  #s1Digest: Buffer | null = null
  #facts: ClientHandshakeFacts | null = null

  constructor(options: ServerHandshakeOptions = {}) {
    this.#options = options
  }

  /** What is known of the client; complete once the handshake is done, null before C1. */
  get facts(): ClientHandshakeFacts | null {
    return this.#facts
  }

  push(input: Uint8Array): HandshakeStep {
    let bytes = input
    const send: Buffer[] = []
    if (!this.#c0c1.whole) {
      bytes = this.#c0c1.fill(bytes)
      const version = this.#c0c1.bytes[0] ?? 0
      if (version !== RTMP_VERSION && input.length > 0) {
        throw new WireError('LP_RTMP_VERSION', `RTMP version ${version}, only 3 is spoken here`)
      }
      if (!this.#c0c1.whole) return { send, done: false, rest: NONE }
      send.push(this.#answer())
    }
    bytes = this.#c2.fill(bytes)
    if (!this.#c2.whole) return { send, done: false, rest: NONE }
    if (this.#facts !== null) {
      this.#facts = {
        ...this.#facts,
        c2EchoesS1: echoes(this.#c2.bytes, this.#s1),
        c2AnswersDigest:
          this.#s1Digest !== null && isAnswer(this.#c2.bytes, this.#s1Digest, PLAYER_KEY),
      }
    }
    return { send, done: true, rest: bytes }
  }

  /** S0, S1 and S2 in one buffer. */
  #answer(): Buffer {
    const c1 = this.#c0c1.bytes.subarray(1)
    const c1Zero = c1.readUInt32BE(4) === 0
    // A client that leaves the version at zero speaks the plain handshake (and saves us two HMACs).
    const found = c1Zero ? null : findDigest(c1, PLAYER_KEY)
    this.#s1 = randomPacket(this.#options, found === null ? 0 : SERVER_VERSION)
    let s2: Buffer
    if (found === null) {
      s2 = Buffer.from(c1)
    } else {
      this.#s1Digest = signPacket(this.#s1, found.scheme, SERVER_KEY)
      s2 = randomPacket(this.#options, SERVER_VERSION)
      signAnswer(s2, found.digest, SERVER_KEY)
    }
    this.#facts = {
      version: RTMP_VERSION,
      c1Zero,
      digest: found?.scheme ?? null,
      c2EchoesS1: false,
      c2AnswersDigest: false,
    }
    const transform = this.#options.transformS2 ?? ((packet: Buffer) => packet)
    return Buffer.concat([Buffer.of(RTMP_VERSION), this.#s1, transform(s2)])
  }
}

export interface ClientHandshakeOptions extends HandshakeOptions {
  /** Sign C1 with this scheme, as Flash and ffmpeg do; plain when left out, as OBS does. */
  readonly digest?: DigestScheme
}

/** The client's side. Throws `LP_RTMP_VERSION` for an S0 other than 3. */
export class ClientHandshake {
  readonly #options: ClientHandshakeOptions
  readonly #s0s1 = new Packet(1 + HANDSHAKE_BYTES)
  readonly #s2 = new Packet(HANDSHAKE_BYTES)
  readonly #c1: Buffer
  readonly #c1Digest: Buffer | null
  #s2Echoes = false
  #s2AnswersDigest = false

  constructor(options: ClientHandshakeOptions = {}) {
    this.#options = options
    this.#c1 = randomPacket(options, options.digest === undefined ? 0 : CLIENT_VERSION)
    this.#c1Digest =
      options.digest === undefined ? null : signPacket(this.#c1, options.digest, PLAYER_KEY)
  }

  get c1(): Buffer {
    return this.#c1
  }

  /** S2 repeats C1. */
  get s2Echoes(): boolean {
    return this.#s2Echoes
  }

  /** S2 answers C1's digest. */
  get s2AnswersDigest(): boolean {
    return this.#s2AnswersDigest
  }

  /** C0 and C1. */
  start(): Buffer {
    return Buffer.concat([Buffer.of(RTMP_VERSION), this.#c1])
  }

  push(input: Uint8Array): HandshakeStep {
    let bytes = input
    const send: Buffer[] = []
    if (!this.#s0s1.whole) {
      bytes = this.#s0s1.fill(bytes)
      if (!this.#s0s1.whole) return { send, done: false, rest: NONE }
      const version = this.#s0s1.bytes[0] ?? 0
      if (version !== RTMP_VERSION) {
        throw new WireError('LP_RTMP_VERSION', `the server answered RTMP version ${version}`)
      }
      send.push(this.#answer())
    }
    bytes = this.#s2.fill(bytes)
    if (!this.#s2.whole) return { send, done: false, rest: NONE }
    this.#s2Echoes = echoes(this.#s2.bytes, this.#c1)
    this.#s2AnswersDigest =
      this.#c1Digest !== null && isAnswer(this.#s2.bytes, this.#c1Digest, SERVER_KEY)
    return { send, done: true, rest: bytes }
  }

  /** C2: an echo of S1, or the answer to its digest when both sides signed. */
  #answer(): Buffer {
    const s1 = this.#s0s1.bytes.subarray(1)
    const found = this.#c1Digest === null ? null : findDigest(s1, SERVER_KEY)
    if (found === null) return Buffer.from(s1)
    const c2 = randomPacket(this.#options, CLIENT_VERSION)
    signAnswer(c2, found.digest, PLAYER_KEY)
    return c2
  }
}
