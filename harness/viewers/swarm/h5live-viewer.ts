import { type Address, Connection } from './connection.ts'
import { FragmentScanner } from './fragment-scanner.ts'
import { HttpReader } from './http-reader.ts'
import type { OnGone, SwarmViewer, ViewerSetup } from './swarm-viewer.ts'
import type { ViewerSeen } from './viewer-seen.ts'
import { controlFrame, handshake, NORMAL_CLOSURE } from './websocket-client.ts'
import { OPCODE, WebSocketReader } from './websocket-reader.ts'

/** A viewer over WebSocket that reads every frame's stamp and answers pings. */
export class H5LiveSwarmViewer implements SwarmViewer {
  readonly connection: Connection
  readonly seen: ViewerSeen
  readonly #address: Address
  readonly #onGone: OnGone
  readonly #frames: WebSocketReader
  readonly #media: FragmentScanner
  /** Only until the handshake is done. */
  #http: HttpReader | null
  #accept = ''

  constructor(address: Address, { seen, onGone, buffer, readRate }: ViewerSetup) {
    this.#address = address
    this.#onGone = onGone
    this.seen = seen
    const broken = (reason: string) => this.connection.cut(`unreadable: ${reason}`)
    this.#media = new FragmentScanner({
      init: () => seen.init(),
      fragment: (scanner) => seen.fragment(scanner),
      broken,
    })
    this.#frames = new WebSocketReader({
      media: (chunk, from, to) => {
        seen.took(to - from)
        this.#media.push(chunk, from, to)
      },
      control: (opcode, payload) => this.#control(opcode, payload),
      broken,
    })
    this.#http = new HttpReader({
      head: (status, headers) => this.#answer(status, headers),
      body: () => {},
      end: () => {},
      upgraded: (chunk, from, to) => this.#frames.push(chunk, from, to),
      broken,
    })
    this.connection = new Connection(address, this, buffer, readRate)
  }

  connected(now: number): void {
    this.seen.now = now
    this.seen.connected()
    const { hostHeader, url } = this.#address
    const { request, accept } = handshake(hostHeader, url.pathname + url.search)
    this.#accept = accept
    this.connection.write(request)
  }

  read(chunk: Buffer, from: number, to: number, now: number): void {
    this.seen.now = now
    if (this.#http === null) this.#frames.push(chunk, from, to)
    else this.#handshake(this.#http, chunk, from, to)
  }

  gone(reason: string): void {
    this.#onGone(this, reason)
  }

  leave(): void {
    this.connection.write(controlFrame(OPCODE.close, NORMAL_CLOSURE))
    this.connection.cut('left')
  }

  #handshake(http: HttpReader, chunk: Buffer, from: number, to: number): void {
    http.push(chunk, from, to)
    if (this.#accept === '') this.#http = null
  }

  #answer(status: number, headers: ReadonlyMap<string, string>): void {
    if (status !== 101) {
      this.connection.cut(`HTTP ${status}`)
    } else if (headers.get('sec-websocket-accept') !== this.#accept) {
      this.connection.cut('unreadable: a handshake that was not ours')
    } else {
      this.#accept = ''
      this.seen.accepted()
    }
  }

  #control(opcode: number, payload: Buffer): void {
    if (opcode === OPCODE.ping) {
      this.connection.write(controlFrame(OPCODE.pong, payload))
    } else if (opcode === OPCODE.close) {
      const code = payload.length >= 2 ? payload.readUInt16BE(0) : 1005
      this.connection.write(controlFrame(OPCODE.close, payload.subarray(0, 2)))
      this.connection.cut(`closed with ${code} ${payload.toString('utf8', 2)}`.trim())
    }
  }
}
