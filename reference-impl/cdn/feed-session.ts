import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import { defaultDeliveryLimits } from '../delivery/h5live/limits.ts'
import { defaultH5LiveSeams } from '../delivery/h5live/seams.ts'
import { Viewer } from '../delivery/h5live/viewer.ts'
import type { LiveStream } from '../live/live-stream.ts'
import { FeedTransport } from './feed-transport.ts'
import { HEARTBEAT_DEADLINE_MS, HEARTBEAT_MS, MAX_FEED_QUEUED_BYTES } from './limits.ts'

const limits = { ...defaultDeliveryLimits, maxQueuedBytes: MAX_FEED_QUEUED_BYTES }
const seams = defaultH5LiveSeams()

/** One stream on its way to one edge: a viewer, except that it is told more. */
export class FeedSession {
  readonly #ws: WebSocket
  readonly #stream: LiveStream
  readonly #transport: FeedTransport
  readonly #viewer: Viewer
  #told: { publishing: boolean; frameRate: number | null } | undefined
  #heardAt: number
  #pingedAt: number

  /** @param now ms */
  constructor(
    ws: WebSocket,
    socket: Duplex,
    stream: LiveStream,
    opening: { readonly generation: number; readonly instance: string; readonly now: number },
  ) {
    const { generation, instance, now } = opening
    this.#ws = ws
    this.#stream = stream
    this.#transport = new FeedTransport(ws, socket)
    this.#viewer = new Viewer(stream, this.#transport, seams, limits, now)
    this.#heardAt = now
    this.#pingedAt = now
    this.#transport.together(() => {
      this.#transport.note({ type: 'opened', generation, instance })
      this.#tellState()
      this.#viewer.start()
    })
  }

  /** The edge gave a sign of life. */
  heard(now: number): void {
    this.#heardAt = now
  }

  /** Looks at the deadlines. `now`: ms */
  tick(now: number): void {
    this.#tellState()
    this.#viewer.tick(now)
    if (now - this.#heardAt > HEARTBEAT_DEADLINE_MS) {
      this.#ws.terminate()
    } else if (now - this.#pingedAt >= HEARTBEAT_MS) {
      this.#pingedAt = now
      this.#transport.ping()
    }
  }

  end(): void {
    this.#viewer.end('shutdown')
  }

  /** The connection is gone. */
  gone(): void {
    this.#viewer.gone()
  }

  /** Whether somebody publishes decides whether the edge lets viewers in. */
  #tellState(): void {
    const { publishing, frameRate } = this.#stream
    if (this.#told?.publishing === publishing && this.#told.frameRate === frameRate) return
    this.#told = { publishing, frameRate }
    this.#transport.note({ type: 'state', publishing, frameRate })
  }
}
