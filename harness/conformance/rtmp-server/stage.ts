import { setTimeout as delay } from 'node:timers/promises'
import { TargetError } from '../../errors.ts'
import { nowMs } from '../../measure/clock.ts'
import { capabilitiesOf } from '../../targets/capabilities.ts'
import type { TargetStream } from '../../targets/target.ts'
import { openH5LiveViewer } from '../../viewers/h5live-viewer.ts'
import { openRtmpViewer } from '../../viewers/rtmp-viewer.ts'
import type { Viewer } from '../../viewers/viewer.ts'
import type { ProbeContext } from '../probe-context.ts'
import type { Finding } from '../rule.ts'
import { RawClient } from './raw-client.ts'
import { RawPublisher } from './raw-publisher.ts'
import { type Place, type PublishAttempt, tryPublish } from './raw-session.ts'

/** Bytes of media whose bytes a viewer of a probe keeps, to compare them with what was sent. */
const KEEP_BYTES = 64 * 2 ** 20
/** A peer that ended is started again; by then it must be there, ms. */
const BACK_MS = 10_000
const LOOK_AGAIN_MS = 100

/** Where a probe acts: what it opens here is closed when the probe ends, however it ends. */
export class Stage {
  readonly context: ProbeContext
  readonly #closers: (() => unknown)[] = []

  constructor(context: ProbeContext) {
    this.context = context
  }

  /**
   * Waits until a target that may be on its way back takes connections.
   * @throws TargetError `LP_RTMP_UNREACHABLE`
   */
  async reach(): Promise<void> {
    const { peer } = this.context.target
    if (!peer) return
    for (const deadline = nowMs() + BACK_MS; ; await this.pause(LOOK_AGAIN_MS)) {
      try {
        const client = await RawClient.open(peer.rtmp)
        return client.destroy()
      } catch (error) {
        if (!(error instanceof TargetError) || nowMs() > deadline) throw error
      }
    }
  }

  async open(url: string): Promise<RawClient> {
    const client = await RawClient.open(url)
    this.atClose(() => client.destroy())
    return client
  }

  async tryPublish(place: Place, kind?: string): Promise<PublishAttempt | undefined> {
    const attempt = await tryPublish(place, kind === undefined ? {} : { kind })
    if (attempt) this.atClose(() => attempt.client.destroy())
    return attempt
  }

  /** @throws TargetError when the stream may be published and is refused */
  async publish(stream: TargetStream): Promise<RawPublisher> {
    const publisher = await RawPublisher.start(placeOf(stream))
    this.atClose(() => publisher.client.destroy())
    return publisher
  }

  /** By H5Live, or by RTMP where the target delivers nothing else. */
  view({ playout }: TargetStream): Viewer {
    const options = { keepBytes: KEEP_BYTES }
    const h5live = capabilitiesOf(this.context.target).formats.includes('h5live')
    const viewer = h5live
      ? openH5LiveViewer(playout.h5live, options)
      : openRtmpViewer(playout.rtmp, options)
    this.atClose(() => viewer.close())
    return viewer
  }

  atClose(closer: () => unknown): void {
    this.#closers.push(closer)
  }

  /** Waits, no longer than the probe may last. */
  async pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.context.signal })
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#closers.reverse().map(async (closer) => closer()))
  }
}

/**
 * Runs a probe. A target that does not even serve what is healthy breaks the rule that needs it:
 * that is a finding, not an error of the harness.
 */
export async function onStage(
  context: ProbeContext,
  expected: string,
  probe: (stage: Stage) => Promise<Finding>,
): Promise<Finding> {
  const stage = new Stage(context)
  try {
    await stage.reach()
    return await probe(stage)
  } catch (error) {
    if (!(error instanceof TargetError)) throw error
    return { result: 'broken', expected, actual: `${error.message} [${error.code}]` }
  } finally {
    await stage.close()
  }
}

export function placeOf(stream: TargetStream): Place {
  return { url: stream.ingest.rtmp, streamName: stream.name }
}
