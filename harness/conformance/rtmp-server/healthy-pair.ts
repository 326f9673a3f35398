import type { TargetStream } from '../../targets/target.ts'
import type { Viewer } from '../../viewers/viewer.ts'
import type { RawPublisher } from './raw-publisher.ts'
import type { Stage } from './stage.ts'
import { framesOf } from './witness.ts'

const FRAME_MS = 33
const KEY_EVERY = 30
const GONE_ON_MS = 3_000

/**
 * A publisher and a viewer that do nothing wrong, beside whatever else a probe does. Their stream
 * must go on as if nothing had happened.
 */
export class HealthyPair {
  readonly stream: TargetStream
  readonly publisher: RawPublisher
  readonly viewer: Viewer
  #timer: NodeJS.Timeout | undefined

  private constructor(stream: TargetStream, publisher: RawPublisher, viewer: Viewer) {
    this.stream = stream
    this.publisher = publisher
    this.viewer = viewer
  }

  /** Resolves once the viewer has the first frame. @throws TargetError when it never does */
  static async start(stage: Stage): Promise<HealthyPair> {
    const stream = await stage.context.createStream()
    const publisher = await stage.publish(stream)
    await publisher.headers()
    await publisher.frame(0)
    const pair = new HealthyPair(stream, publisher, stage.view(stream))
    pair.#timer = setInterval(() => pair.#send(), FRAME_MS)
    stage.atClose(() => clearInterval(pair.#timer))
    await pair.viewer.frames(1)
    return pair
  }

  #send(): void {
    const number = this.publisher.sent.length
    void this.publisher.frame(number * FRAME_MS, { key: number % KEY_EVERY === 0, size: 400 })
  }

  /** Stops sending; the connection stays open. */
  silence(): void {
    clearInterval(this.#timer)
  }

  /**
   * What is wrong with the pair: null when frames that are sent from now on still arrive, none was
   * lost, none came from elsewhere, and both connections are open.
   */
  async harm(): Promise<string | null> {
    const { publisher, viewer } = this
    const from = publisher.sent.length
    const arrived = () => {
      const frames = framesOf(viewer.record, publisher.tag)
      return frames.some((frame) => frame.number >= from) ? true : undefined
    }
    try {
      await viewer.until(arrived, { timeoutMs: GONE_ON_MS })
    } catch {
      if (publisher.client.closedAt !== null) return 'the healthy publisher was disconnected'
      if (viewer.record.close) return 'the healthy viewer was disconnected'
      return `no frame of the healthy stream arrived for ${GONE_ON_MS / 1000} s`
    }
    if (publisher.client.closedAt !== null) return 'the healthy publisher was disconnected'
    const { lost, foreign, restarts } = viewer.stats
    if (foreign > 0) return `${foreign} frames of another session reached the healthy viewer`
    if (lost > 0) return `${lost} frames of the healthy stream were lost`
    if (restarts > 0) return 'the healthy stream began anew'
    return null
  }
}
