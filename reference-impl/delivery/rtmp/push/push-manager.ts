import type { Hub } from '../../../live/hub.ts'
import type { LiveStream } from '../../../live/live-stream.ts'
import type { H5LiveSeams } from '../../h5live/seams.ts'
import { MAX_PUSHES } from './limits.ts'
import type { PushPolicy } from './push-policy.ts'
import type { PushControl, PushStatus } from './push-status.ts'
import type { Resolve } from './push-target.ts'
import { StreamPush } from './stream-push.ts'

export interface PushManagerOptions {
  readonly hub: Hub
  readonly policy: PushPolicy
  readonly seams: H5LiveSeams
  /** A stream's push URL as it is stored. */
  readonly urlOf: (name: string) => string | null
  readonly resolve?: Resolve
  /** What is pushed in the place of a stream that other servers do not take. */
  readonly playable?: (stream: LiveStream) => LiveStream
}

/** Pushes every live stream that has a push URL on to it. */
export class PushManager implements PushControl {
  readonly #options: PushManagerOptions
  readonly #pushes = new Map<string, StreamPush>()

  constructor(options: PushManagerOptions) {
    this.#options = options
    options.hub.onStream((stream) => this.#start(stream, options.urlOf(stream.name)))
  }

  status(name: string): PushStatus | null {
    return this.#pushes.get(name)?.status ?? null
  }

  changed(name: string, url: string | null): void {
    this.#stop(name)
    const stream = this.#options.hub.get(name)
    if (stream !== undefined) this.#start(stream, url)
  }

  close(): void {
    for (const name of [...this.#pushes.keys()]) this.#stop(name)
  }

  #start(stream: LiveStream, url: string | null): void {
    if (url === null || this.#pushes.size >= MAX_PUSHES) return
    const { policy, seams, resolve, playable } = this.#options
    const { name } = stream
    const onEnd = () => {
      this.#pushes.delete(name)
    }
    this.#pushes.set(name, new StreamPush({ stream, url, policy, seams, resolve, playable, onEnd }))
  }

  #stop(name: string): void {
    this.#pushes.get(name)?.stop()
    this.#pushes.delete(name)
  }
}
