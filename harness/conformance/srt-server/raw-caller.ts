import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { nowMs } from '../../measure/clock.ts'

/** Offsets and numbers of the SRT draft, §3, written down apart from the reference's own. */
const HEADER = 16
const CONTROL = { handshake: 0x8000, ack: 0x8002, nak: 0x8003, shutdown: 0x8005, ackAck: 0x8006 }
const INDUCTION = 1
const CONCLUSION = 0xffffffff
const HSREQ = 1
const HSRSP = 2
const KMREQ = 3
const SID = 5
const ANSWER_MS = 1_500
const MAX_KEPT = 5_000

/** A handshake that came from the listener. */
export interface Answer {
  readonly version: number
  readonly extensionField: number
  readonly type: number
  readonly socketId: number
  readonly cookie: number
  /** ms; null without HSRSP */
  readonly latencyMs: number | null
}

export interface Feedback {
  /** ms of `nowMs` */
  readonly at: number
  readonly kind: 'ack' | 'light-ack' | 'nak' | 'shutdown'
  /** ACK: the first packet that is missing; NAK: the first that is asked for. */
  readonly sequence: number
}

export interface Conclusion {
  readonly cookie: number
  readonly streamId: string
  readonly latencyMs?: number
  /** Content of KMREQ. */
  readonly keyMaterial?: Uint8Array
}

/** An SRT caller that does exactly what it is told: for probes. */
export class RawCaller {
  readonly feedback: Feedback[] = []
  /** Answers full ACKs, as every caller must. */
  readonly #socket: Socket
  readonly #id = 1 + Math.floor(Math.random() * 0x3ffffffe)
  readonly #answers: Answer[] = []
  readonly #begun = nowMs()
  #peer = 0
  #wake: () => void = () => undefined
  readonly initialSequence = 1_000

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('error', () => undefined)
    socket.on('message', (bytes) => this.#receive(bytes))
  }

  /** `url`: `srt://host:port` */
  static async open(url: string): Promise<RawCaller> {
    const { hostname, port } = new URL(url)
    const host = hostname.replace(/^\[|\]$/g, '')
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
    const caller = new RawCaller(socket)
    socket.connect(Number(port), host)
    await once(socket, 'connect')
    return caller
  }

  async induct(): Promise<Answer | null> {
    return this.#ask(this.#handshake(4, 2, INDUCTION, 0, []), ANSWER_MS)
  }

  async conclude(conclusion: Conclusion, waitMs: number = ANSWER_MS): Promise<Answer | null> {
    const { cookie, streamId, latencyMs = 200, keyMaterial } = conclusion
    const capabilities = Buffer.alloc(12)
    capabilities.writeUInt32BE(0x010501, 0)
    capabilities.writeUInt32BE(0xbf, 4)
    capabilities.writeUInt16BE(latencyMs, 8)
    capabilities.writeUInt16BE(latencyMs, 10)
    const extensions: [number, Uint8Array][] = [
      [HSREQ, capabilities],
      [SID, swapped(streamId)],
    ]
    if (keyMaterial) extensions.push([KMREQ, keyMaterial])
    const field = 5 | (keyMaterial ? 2 : 0)
    const answer = await this.#ask(
      this.#handshake(5, field, CONCLUSION, cookie, extensions),
      waitMs,
    )
    if (answer?.type === CONCLUSION) this.#peer = answer.socketId
    return answer
  }

  /** Induction and conclusion. */
  async call(
    streamId: string,
    more: Partial<Conclusion> = {},
  ): Promise<{ accepted: boolean; reason: number | null; latencyMs: number | null }> {
    const induction = await this.induct()
    if (!induction) return { accepted: false, reason: null, latencyMs: null }
    const answer = await this.conclude({ cookie: induction.cookie, streamId, ...more })
    const accepted = answer?.type === CONCLUSION
    const reason = answer && !accepted ? answer.type : null
    return { accepted, reason, latencyMs: answer?.latencyMs ?? null }
  }

  /** One data packet in plain; `number` counts from the initial sequence number. */
  data(number: number, payload: Uint8Array): void {
    const packet = Buffer.alloc(HEADER + payload.length)
    packet.writeUInt32BE(this.initialSequence + number, 0)
    packet.writeUInt32BE((0xc0000000 | (number + 1)) >>> 0, 4)
    this.#address(packet)
    packet.set(payload, HEADER)
    this.send(packet)
  }

  shutdown(): void {
    this.control(CONTROL.shutdown, 0, Buffer.alloc(4))
  }

  /** A control packet to the session; `type` with its first bit. */
  control(type: number, info: number, body: Uint8Array, subtype = 0): void {
    const packet = Buffer.alloc(HEADER + body.length)
    packet.writeUInt16BE(type, 0)
    packet.writeUInt16BE(subtype, 2)
    packet.writeUInt32BE(info, 4)
    this.#address(packet)
    packet.set(body, HEADER)
    this.send(packet)
  }

  send(bytes: Uint8Array): void {
    this.#socket.send(bytes, () => undefined)
  }

  close(): void {
    this.#socket.close()
  }

  #address(packet: Buffer): void {
    packet.writeUInt32BE(Math.round((nowMs() - this.#begun) * 1000) >>> 0, 8)
    packet.writeUInt32BE(this.#peer, 12)
  }

  #handshake(
    version: number,
    field: number,
    type: number,
    cookie: number,
    extensions: [number, Uint8Array][],
  ): Buffer {
    const fixed = Buffer.alloc(HEADER + 48)
    fixed.writeUInt16BE(CONTROL.handshake, 0)
    fixed.writeUInt32BE(Math.round((nowMs() - this.#begun) * 1000) >>> 0, 8)
    fixed.writeUInt32BE(version, 16)
    fixed.writeUInt16BE(field, 22)
    fixed.writeUInt32BE(this.initialSequence, 24)
    fixed.writeUInt32BE(1500, 28)
    fixed.writeUInt32BE(8192, 32)
    fixed.writeUInt32BE(type, 36)
    fixed.writeUInt32BE(this.#id, 40)
    fixed.writeUInt32BE(cookie, 44)
    const parts: Uint8Array[] = [fixed]
    for (const [kind, content] of extensions) {
      const head = Buffer.alloc(4)
      head.writeUInt16BE(kind, 0)
      head.writeUInt16BE(content.length / 4, 2)
      parts.push(head, content)
    }
    return Buffer.concat(parts)
  }

  async #ask(packet: Buffer, waitMs: number): Promise<Answer | null> {
    this.#answers.length = 0
    this.send(packet)
    const deadline = nowMs() + waitMs
    while (this.#answers.length === 0 && nowMs() < deadline) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, deadline - nowMs())
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
    return this.#answers[0] ?? null
  }

  #receive(bytes: Buffer): void {
    if (bytes.length < HEADER || bytes.readUInt32BE(12) !== this.#id) return
    const type = bytes.readUInt16BE(0)
    if (type === CONTROL.handshake && bytes.length >= HEADER + 48) {
      this.#answers.push(readAnswer(bytes))
      this.#wake()
      return
    }
    if (this.feedback.length >= MAX_KEPT) return
    const at = nowMs()
    if (type === CONTROL.ack && bytes.length >= HEADER + 4) {
      const full = bytes.length >= HEADER + 16
      const sequence = bytes.readUInt32BE(HEADER)
      this.feedback.push({ at, kind: full ? 'ack' : 'light-ack', sequence })
      if (full) this.control(CONTROL.ackAck, bytes.readUInt32BE(4), Buffer.alloc(4))
    } else if (type === CONTROL.nak && bytes.length >= HEADER + 4) {
      const sequence = bytes.readUInt32BE(HEADER) & 0x7fffffff
      this.feedback.push({ at, kind: 'nak', sequence })
    } else if (type === CONTROL.shutdown) {
      this.feedback.push({ at, kind: 'shutdown', sequence: 0 })
    }
  }
}

function readAnswer(bytes: Buffer): Answer {
  let latencyMs: number | null = null
  for (let at = HEADER + 48; at + 4 <= bytes.length; ) {
    const length = bytes.readUInt16BE(at + 2) * 4
    if (bytes.readUInt16BE(at) === HSRSP && at + 16 <= bytes.length) {
      latencyMs = bytes.readUInt16BE(at + 12)
    }
    at += 4 + length
  }
  return {
    version: bytes.readUInt32BE(16),
    extensionField: bytes.readUInt16BE(22),
    type: bytes.readUInt32BE(36),
    socketId: bytes.readUInt32BE(40),
    cookie: bytes.readUInt32BE(44),
    latencyMs,
  }
}

function swapped(text: string): Buffer {
  const out = Buffer.alloc(Math.ceil(Buffer.byteLength(text) / 4) * 4)
  out.write(text)
  return out.swap32()
}
