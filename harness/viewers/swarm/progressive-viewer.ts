import { type Address, Connection } from './connection.ts'
import { FragmentScanner } from './fragment-scanner.ts'
import { HttpReader } from './http-reader.ts'
import type { OnGone, SwarmViewer, ViewerSetup } from './swarm-viewer.ts'
import type { ViewerSeen } from './viewer-seen.ts'

/** A viewer of progressive MP4: one GET without an end. */
export class ProgressiveSwarmViewer implements SwarmViewer {
  readonly connection: Connection
  readonly seen: ViewerSeen
  readonly #address: Address
  readonly #onGone: OnGone
  readonly #http: HttpReader

  constructor(address: Address, { seen, onGone, buffer, readRate }: ViewerSetup) {
    this.#address = address
    this.#onGone = onGone
    this.seen = seen
    const broken = (reason: string) => this.connection.cut(`unreadable: ${reason}`)
    const media = new FragmentScanner({
      init: () => seen.init(),
      fragment: (scanner) => seen.fragment(scanner),
      broken,
    })
    this.#http = new HttpReader({
      head: (status) => {
        if (status === 200) seen.accepted()
        else this.connection.cut(`HTTP ${status}`)
      },
      body: (chunk, from, to) => {
        seen.took(to - from)
        media.push(chunk, from, to)
      },
      end: () => this.connection.cut('the answer ended'),
      upgraded: () => {},
      broken,
    })
    this.connection = new Connection(address, this, buffer, readRate)
  }

  connected(now: number): void {
    this.seen.now = now
    this.seen.connected()
    const { hostHeader, url } = this.#address
    this.connection.write(
      `GET ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${hostHeader}\r\nOrigin: http://player.example\r\n\r\n`,
    )
  }

  read(chunk: Buffer, from: number, to: number, now: number): void {
    this.seen.now = now
    this.#http.push(chunk, from, to)
  }

  gone(reason: string): void {
    this.#onGone(this, reason)
  }

  leave(): void {
    this.connection.cut('left')
  }
}
