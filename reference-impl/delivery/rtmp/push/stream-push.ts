import { nowMs } from '../../../clock.ts'
import { CodedError } from '../../../errors.ts'
import type { LiveStream, Subscriber } from '../../../live/live-stream.ts'
import type { H5LiveSeams } from '../../h5live/seams.ts'
import { Viewer } from '../../h5live/viewer.ts'
import { LOOK_MS } from '../limits.ts'
import { PlayerTransport } from '../player-transport.ts'
import { PLAY_LIMITS } from '../playout.ts'
import { FIRST_RETRY_MS, MAX_ERROR_LENGTH, MAX_RETRY_MS, STEADY_MS } from './limits.ts'
import { PushConnection } from './push-connection.ts'
import type { PushPolicy } from './push-policy.ts'
import type { PushStatus } from './push-status.ts'
import { allowedAddress, parsePushUrl, type Resolve } from './push-target.ts'

export interface StreamPushOptions {
  readonly stream: LiveStream
  readonly url: string
  /** The stream is over. */
  readonly onEnd: () => void
  readonly policy: PushPolicy
  readonly seams: H5LiveSeams
  readonly resolve?: Resolve | undefined
  /** What is pushed in its place, where others do not take it as it is. */
  readonly playable?: ((stream: LiveStream) => LiveStream) | undefined
  /** 0 to 1, spreads attempts; a test makes it repeatable */
  readonly random?: () => number
}

/** Pushes one stream to one server for as long as it is live: tries, and tries again. */
export class StreamPush implements Subscriber {
  readonly #options: StreamPushOptions
  #status: PushStatus
  #attempts = 0
  #failures = 0
  #connection: PushConnection | null = null
  #viewer: Viewer | null = null
  #look: NodeJS.Timeout | undefined
  #retry: NodeJS.Timeout | undefined
  #publishingSince: number | null = null
  #stopped = false

  constructor(options: StreamPushOptions) {
    this.#options = options
    this.#status = statusOf('connecting', 0, null)
    options.stream.subscribe(this)
    void this.#connect()
  }

  get status(): PushStatus {
    return this.#status
  }

  /** The media go to a viewer of their own, once there is a connection. */
  packet(): void {}

  end(): void {
    this.stop()
    this.#options.onEnd()
  }

  /** Ends it: the stream is over, or goes elsewhere. Idempotent. */
  stop(): void {
    if (this.#stopped) return
    this.#stopped = true
    this.#options.stream.unsubscribe(this)
    clearTimeout(this.#retry)
    this.#stopViewer()
    this.#connection?.finish()
  }

  async #connect(): Promise<void> {
    this.#attempts += 1
    this.#set('connecting')
    try {
      const target = parsePushUrl(this.#options.url)
      const { policy, resolve } = this.#options
      const address = await allowedAddress(target.host, policy, resolve)
      if (this.#stopped) return
      const connection = new PushConnection(target, address, {
        onPublishing: () => this.#push(connection),
        onClose: (error) => this.#closed(error),
      })
      this.#connection = connection
    } catch (error) {
      this.#closed(error as Error)
    }
  }

  #push(connection: PushConnection): void {
    const { stream, seams, playable = (one) => one } = this.#options
    this.#publishingSince = nowMs()
    this.#set('pushing')
    const port = {
      send: (messages: Parameters<PushConnection['send']>[0]) => connection.send(messages),
      queuedBytes: () => connection.queuedBytes,
      sentBytes: () => connection.sentBytes,
      over: (reason: 'stream-ended' | 'slow-reader') => {
        if (reason === 'stream-ended') this.stop()
        else connection.abort(new CodedError('LP_PUSH_SLOW', 'the other server takes no media'))
      },
    }
    const transport = new PlayerTransport(port, {
      streamId: connection.streamId,
      frameRate: () => stream.frameRate,
      to: 'server',
    })
    const viewer = new Viewer(playable(stream), transport, seams, PLAY_LIMITS, nowMs())
    this.#viewer = viewer
    this.#look = setInterval(() => viewer.tick(nowMs()), LOOK_MS)
    viewer.start()
  }

  #stopViewer(): void {
    clearInterval(this.#look)
    this.#viewer?.gone()
    this.#viewer = null
  }

  #closed(error: Error | null): void {
    this.#stopViewer()
    this.#connection = null
    if (this.#stopped) return
    const steady = this.#publishingSince !== null && nowMs() - this.#publishingSince > STEADY_MS
    this.#publishingSince = null
    this.#failures = steady ? 0 : this.#failures + 1
    if (isFinal(error)) {
      this.#set('denied', error)
      return
    }
    this.#set('waiting', error)
    const { random = Math.random } = this.#options
    this.#retry = setTimeout(() => void this.#connect(), retryMs(this.#failures, random())).unref()
  }

  #set(state: PushStatus['state'], error: Error | null = null): void {
    const said = error === null && state === 'connecting' ? this.#status.error : textOf(error)
    this.#status = statusOf(state, this.#attempts, said)
  }
}

/** ms until the next attempt. `failures`: in a row, from 1 (0: after a steady push). */
export function retryMs(failures: number, random: number): number {
  const doubled = FIRST_RETRY_MS * 2 ** Math.max(0, Math.min(failures - 1, 10))
  return Math.min(MAX_RETRY_MS, doubled) * (0.8 + 0.4 * random)
}

/** Trying again would change nothing. */
function isFinal(error: Error | null): boolean {
  return error instanceof CodedError && ['LP_PUSH_DENIED', 'LP_PUSH_URL'].includes(error.code)
}

/** Errors of the system name addresses; theirs is a code. */
function textOf(error: Error | null): string | null {
  if (error === null) return null
  if (error instanceof CodedError)
    return `${error.message} [${error.code}]`.slice(0, MAX_ERROR_LENGTH)
  const { code } = error as NodeJS.ErrnoException
  return `the connection failed: ${code ?? 'unknown'}`
}

function statusOf(state: PushStatus['state'], attempts: number, error: string | null): PushStatus {
  return { state, attempts, error, since: new Date().toISOString() }
}
