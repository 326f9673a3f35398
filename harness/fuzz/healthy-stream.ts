import { RawPublisher } from '../conformance/rtmp-server/raw-publisher.ts'
import { TargetError } from '../errors.ts'
import type { TargetStream } from '../targets/target.ts'
import { openH5LiveViewer } from '../viewers/h5live-viewer.ts'
import type { Viewer } from '../viewers/viewer.ts'

const FRAME_MS = 33
const KEY_EVERY = 60
const FRAME_BYTES = 1_000
const DRAIN_MS = 3_000

export interface HealthyFigures {
  readonly sent: number
  readonly lost: number
  /** ms */
  readonly p50: number
  readonly p99: number
  readonly count: number
  /** Why the stream did not go on to the end; null when it did. */
  readonly trouble: string | null
}

/** An encoder at 30 fps and its viewer, who must not notice what goes on beside them. */
export class HealthyStream {
  readonly #publisher: RawPublisher
  readonly #viewer: Viewer
  readonly #timer: NodeJS.Timeout

  private constructor(publisher: RawPublisher, viewer: Viewer) {
    this.#publisher = publisher
    this.#viewer = viewer
    this.#timer = setInterval(() => this.#send(), FRAME_MS)
  }

  /** @throws TargetError when the target does not even serve this */
  static async start(stream: TargetStream): Promise<HealthyStream> {
    const place = { url: stream.ingest.rtmp, streamName: stream.name }
    const publisher = await RawPublisher.start(place)
    await publisher.announceChunkSize(4096)
    await publisher.headers()
    await publisher.frame(0)
    const viewer = openH5LiveViewer(stream.playout.h5live, { record: false })
    const healthy = new HealthyStream(publisher, viewer)
    await viewer.frames(1)
    return healthy
  }

  #send(): void {
    const number = this.#publisher.sent.length
    const key = number % KEY_EVERY === 0
    void this.#publisher.frame(number * FRAME_MS, { key, size: FRAME_BYTES })
  }

  /** Ends the stream, once what was sent has arrived or could have. */
  async stop(): Promise<HealthyFigures> {
    clearInterval(this.#timer)
    const sent = this.#publisher.sent.length
    let trouble = null
    if (this.#publisher.client.closedAt !== null) trouble = 'the publisher was disconnected'
    else if (this.#viewer.record.close) trouble = 'the viewer was disconnected'
    try {
      await this.#viewer.frames(sent, { timeoutMs: DRAIN_MS })
    } catch (error) {
      if (!(error instanceof TargetError)) throw error
    }
    this.#publisher.client.destroy()
    await this.#viewer.close()
    const { stats, latency } = this.#viewer
    if (stats.foreign > 0) trouble ??= `${stats.foreign} foreign frames arrived`
    return {
      sent,
      lost: sent - stats.frames,
      p50: latency.percentile(50),
      p99: latency.percentile(99),
      count: latency.count,
      trouble,
    }
  }
}
