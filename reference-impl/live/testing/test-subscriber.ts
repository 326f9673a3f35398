import type { StreamEnd, Subscriber } from '../live-stream.ts'
import type { Packet } from '../packet.ts'

/** Keeps what it gets. */
export class TestSubscriber implements Subscriber {
  readonly packets: Packet[] = []
  ended: StreamEnd | undefined
  #onEnd: ((reason: StreamEnd) => void) | undefined

  packet(packet: Packet): void {
    this.packets.push(packet)
  }

  end(reason: StreamEnd): void {
    this.ended = reason
    this.#onEnd?.(reason)
  }

  /** Resolves with the reason once the stream has ended. */
  untilEnd(): Promise<StreamEnd> {
    if (this.ended !== undefined) return Promise.resolve(this.ended)
    return new Promise((resolve) => {
      this.#onEnd = resolve
    })
  }

  kinds(): readonly string[] {
    return this.packets.map((packet) => packet.kind)
  }
}
