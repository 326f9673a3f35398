import { MAX_CONTROL_BYTES, MAX_UNIT_BYTES } from './limits.ts'

/** RFC 6455 §11.8 */
export const OPCODE = {
  continuation: 0,
  text: 1,
  binary: 2,
  close: 8,
  ping: 9,
  pong: 10,
} as const

export interface WebSocketSink {
  /** A piece of a binary message: bytes of `chunk`, which is used again after the call. */
  media(chunk: Buffer, from: number, to: number): void
  /** A whole control frame; `payload` is a view of memory that is used again. */
  control(opcode: number, payload: Buffer): void
  /** What came cannot be a server's WebSocket; nothing is read any more. */
  broken(reason: string): void
}

/**
 * Reads the frames that a server sends (RFC 6455 §5.2), in chunks cut anywhere. Binary payload goes
 * on as it lies in the chunk; texts are passed over. It keeps at most one frame header and one
 * control frame, and allocates nothing for a message.
 */
export class WebSocketReader {
  readonly #sink: WebSocketSink
  /** Header bytes still wanted: 0 inside of a payload. */
  #headerNeed = 2
  #headerHave = 0
  /** Up to 10 bytes, as two numbers: the first two bytes, and the length so far. */
  #opcode = 0
  #fin = false
  #length = 0
  #left = 0
  /** Opcode of the message that is cut into frames; 0 between messages. */
  #message = 0
  #control: Buffer | null = null
  #controlHave = 0
  #dead = false

  constructor(sink: WebSocketSink) {
    this.#sink = sink
  }

  push(chunk: Buffer, from: number, to: number): void {
    let at = from
    while (at < to && !this.#dead) {
      at = this.#headerNeed > 0 ? this.#header(chunk, at, to) : this.#payload(chunk, at, to)
    }
  }

  #header(chunk: Buffer, from: number, to: number): number {
    let at = from
    while (at < to && this.#headerNeed > 0) {
      const byte = chunk[at++]!
      this.#headerNeed--
      if (this.#headerHave === 0) this.#first(byte)
      else if (this.#headerHave === 1) this.#second(byte)
      else this.#length = this.#length * 256 + byte
      this.#headerHave++
      if (this.#dead) return to
    }
    if (this.#headerNeed === 0) this.#begin()
    return at
  }

  #first(byte: number): void {
    this.#fin = byte >= 0x80
    this.#opcode = byte & 0x0f
    if ((byte & 0x70) !== 0) this.#break('reserved bits are set without an extension')
  }

  #second(byte: number): void {
    if (byte >= 0x80) {
      this.#break('a frame of the server is masked')
      return
    }
    this.#length = 0
    if (byte < 126) this.#length = byte
    else this.#headerNeed += byte === 126 ? 2 : 8
  }

  #begin(): void {
    const length = this.#length
    this.#headerHave = 0
    this.#left = length
    if (this.#opcode >= OPCODE.close) {
      if (this.#opcode > OPCODE.pong || !this.#fin || length > MAX_CONTROL_BYTES) {
        this.#break(`a control frame of type ${this.#opcode} with ${length} bytes`)
        return
      }
      this.#control ??= Buffer.allocUnsafeSlow(MAX_CONTROL_BYTES)
      this.#controlHave = 0
    } else if (this.#opcode === OPCODE.continuation) {
      if (this.#message === 0) {
        this.#break('a continuation of nothing')
        return
      }
    } else if (this.#opcode > OPCODE.binary) {
      this.#break(`a frame of type ${this.#opcode}`)
      return
    } else if (this.#message !== 0) {
      this.#break('a message inside of another')
      return
    } else {
      this.#message = this.#opcode
    }
    if (length > MAX_UNIT_BYTES) {
      this.#break(`a frame of ${length} bytes`)
      return
    }
    if (length === 0) this.#end()
  }

  #payload(chunk: Buffer, from: number, to: number): number {
    const until = Math.min(to, from + this.#left)
    this.#left -= until - from
    if (this.#opcode >= OPCODE.close) {
      chunk.copy(this.#control!, this.#controlHave, from, until)
      this.#controlHave += until - from
    } else if (this.#message === OPCODE.binary) {
      this.#sink.media(chunk, from, until)
    }
    if (this.#left === 0) this.#end()
    return until
  }

  #end(): void {
    this.#headerNeed = 2
    if (this.#opcode >= OPCODE.close)
      this.#sink.control(this.#opcode, this.#control!.subarray(0, this.#controlHave))
    else if (this.#fin) this.#message = 0
  }

  #break(reason: string): void {
    if (this.#dead) return
    this.#dead = true
    this.#sink.broken(reason)
  }
}
