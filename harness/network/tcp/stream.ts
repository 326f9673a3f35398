import type { Agenda } from '../agenda.ts'
import type { Direction } from '../direction.ts'
import { Receiver } from './receiver.ts'
import { Sender } from './sender.ts'
import { HEADER_BYTES, MSS_BYTES } from './tcp-limits.ts'

export interface StreamOptions {
  readonly agenda: Agenda
  /** Where the data go, and where their ACKs come back. */
  readonly data: Direction
  readonly back: Direction
  /** True while the connection is half-open: nothing of it passes. */
  blocked(): boolean
  /** So many bytes have come out at the far end, in order. */
  onBytes(count: number, at: number): void
  /** The end of the stream has come out at the far end. */
  onEnd(at: number): void
  /** The near end may write more. */
  onRoom(at: number): void
  /** The near end has given up. */
  onGivenUp(at: number): void
  /** Something has come through: the far end knows that the near end is there. */
  onSegment?(at: number): void
  /** Bytes at the far end that its application has not taken. */
  buffered(): number
}

/** One way of a TCP connection over a link: a sender, a receiver, and packets between them. */
export class Stream {
  readonly sender: Sender
  readonly receiver: Receiver

  constructor(options: StreamOptions) {
    const { agenda, data, back } = options
    const mtu = data.settings.mtu ?? Infinity
    const mss = Math.max(1, Math.min(MSS_BYTES, mtu - HEADER_BYTES))
    this.sender = new Sender({
      agenda,
      mss,
      transmit: (segment, at) => {
        const size = HEADER_BYTES + (segment.isFin ? 0 : segment.end - segment.start)
        const deliver = (when: number) => {
          options.onSegment?.(when)
          this.receiver.arrived(segment, when)
        }
        data.offer(at, size, { deliver }, options.blocked())
      },
      onRoom: (at) => options.onRoom(at),
      onGivenUp: (at) => options.onGivenUp(at),
    })
    this.receiver = new Receiver({
      agenda,
      mss,
      acknowledge: (ack, at) => {
        const deliver = (when: number) => this.sender.acknowledged(ack, when)
        back.offer(at, HEADER_BYTES, { deliver }, options.blocked())
      },
      onBytes: (count, at) => options.onBytes(count, at),
      onEnd: (at) => options.onEnd(at),
      buffered: () => options.buffered(),
    })
  }

  stop(): void {
    this.sender.stop()
    this.receiver.stop()
  }
}
