import type { Hub } from '../../live/hub.ts'
import type { LiveStream } from '../../live/live-stream.ts'
import type { StreamDirectory } from '../../live/stream-directory.ts'
import { isStreamName } from '../../live/stream-name.ts'
import { type DeliveryLimits, defaultDeliveryLimits } from '../h5live/limits.ts'
import type { H5LiveSeams } from '../h5live/seams.ts'
import { Viewer } from '../h5live/viewer.ts'
import { LOOK_MS, MAX_PLAYERS, MAX_QUEUED_BYTES, MEDIA_WAIT_MS, STALL_MS } from './limits.ts'
import { PlayerTransport, type PlayPort } from './player-transport.ts'

/** One player of one stream, inside an RTMP session. */
export interface Player {
  /** Sends what the stream has cached, then what comes. */
  start(): void
  /** When `tick` wants to be called next, ms. */
  readonly deadline: number
  tick(now: number): void
  /** The session ends it. Idempotent. */
  stop(): void
}

export type PlayDecision =
  | { readonly ok: true; open(port: PlayPort, streamId: number, now: number): Player }
  | { readonly ok: false; readonly reason: string }

/** What RTMP sessions ask when a client wants to play. */
export interface Playout {
  /** `name`: stream name without parameters */
  request(name: string): PlayDecision
}

export interface PlayoutOptions {
  readonly hub: Hub
  readonly directory: StreamDirectory
  readonly seams: H5LiveSeams
  /** What RTMP players get in the place of a stream that they cannot play. */
  readonly playable?: (stream: LiveStream) => LiveStream
}

export const PLAY_LIMITS: DeliveryLimits = {
  ...defaultDeliveryLimits,
  maxViewers: MAX_PLAYERS,
  maxQueuedBytes: MAX_QUEUED_BYTES,
  stallMs: STALL_MS,
  mediaWaitMs: MEDIA_WAIT_MS,
}

/** Playback over RTMP: the same viewers as H5Live has, with another transport. */
export class RtmpPlayout implements Playout {
  readonly #options: PlayoutOptions
  #players = 0

  constructor(options: PlayoutOptions) {
    this.#options = options
  }

  get players(): number {
    return this.#players
  }

  request(name: string): PlayDecision {
    const { hub, directory } = this.#options
    const state = isStreamName(name) ? directory.find(name)?.state : undefined
    const stream = hub.get(name)
    if (state === undefined || state === 'deleted')
      return refuse('There is no stream of this name.')
    if (state === 'locked') return refuse('The stream is locked.')
    if (stream?.publishing !== true) return refuse('The stream is not live.')
    if (this.#players >= MAX_PLAYERS) return refuse('There are too many players.')
    return {
      ok: true,
      open: (port, streamId, now) => {
        const transport = new PlayerTransport(port, {
          streamId,
          frameRate: () => stream.frameRate,
          to: 'player',
        })
        const { seams, playable = (one) => one } = this.#options
        const viewer = new Viewer(playable(stream), transport, seams, PLAY_LIMITS, now)
        this.#players += 1
        return this.#playerOf(viewer, now)
      },
    }
  }

  #playerOf(viewer: Viewer, openedAt: number): Player {
    let lookedAt = openedAt
    let stopped = false
    return {
      start: () => viewer.start(),
      get deadline() {
        return lookedAt + LOOK_MS
      },
      tick: (now) => {
        if (now < lookedAt + LOOK_MS) return
        lookedAt = now
        viewer.tick(now)
      },
      stop: () => {
        if (stopped) return
        stopped = true
        this.#players -= 1
        viewer.gone()
      },
    }
  }
}

function refuse(reason: string): PlayDecision {
  return { ok: false, reason }
}
