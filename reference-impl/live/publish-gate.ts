import { nowMs } from '../clock.ts'
import type { Hub } from './hub.ts'
import { TAKEOVER_AFTER_MS } from './limits.ts'
import type {
  EndReason,
  Provocation,
  PublishDecision,
  Publisher,
  PublishGate,
  Refusal,
} from './publication.ts'
import type { LiveSeams, PublishVerdict } from './seams.ts'
import type { StreamDirectory } from './stream-directory.ts'
import { isStreamName } from './stream-name.ts'
import { StreamPublication } from './stream-publication.ts'

export interface PublishGateOptions {
  readonly hub: Hub
  readonly directory: StreamDirectory
  readonly seams: LiveSeams
  /** A publisher that sent nothing for so long may be replaced, ms. */
  readonly takeoverAfterMs?: number
  /** ms, monotonic */
  readonly now?: () => number
}

export function createPublishGate(options: PublishGateOptions): LivePublishGate {
  return new LivePublishGate(options)
}

/**
 * Decides who may publish, and holds the publications. The policy on duplicates, take-over and
 * what viewers are told is in `docs/decisions/publication-lifecycle.md`.
 */
export class LivePublishGate implements PublishGate {
  readonly #hub: Hub
  readonly #directory: StreamDirectory
  readonly #seams: LiveSeams
  readonly #takeoverAfterMs: number
  readonly #now: () => number
  readonly #publications = new Map<string, StreamPublication>()
  /** Streams that take no publisher for a while. */
  readonly #closedTo = new Map<string, { readonly refusal: Refusal; readonly until: number }>()

  constructor(options: PublishGateOptions) {
    this.#hub = options.hub
    this.#directory = options.directory
    this.#seams = options.seams
    this.#takeoverAfterMs = options.takeoverAfterMs ?? TAKEOVER_AFTER_MS
    this.#now = options.now ?? nowMs
    this.#directory.onCommand((name, command) => {
      const reason = ({ stop: 'stopped', lock: 'locked', delete: 'deleted' } as const)[command]
      this.#revoke(name, reason)
      this.#hub.end(name, reason)
    })
  }

  async request(streamName: string, _publisher: Publisher): Promise<PublishDecision> {
    return this.#carryOut(streamName, this.#seams.verdict(this.#verdict(streamName)))
  }

  /**
   * Lets an encoder meet what happens to encoders, so that its reaction can be judged:
   * - `drop`: its connection is cut;
   * - `refuse`: the same, and whoever comes within `forMs` is refused (`busy`);
   * - `replace`: it is told that another publisher took over, which keeps the stream for `forMs`.
   *
   * Viewers wait as for any publisher that vanished. False when nobody publishes the stream.
   */
  provoke(name: string, what: Provocation, forMs: number): boolean {
    if (!this.#publications.has(name)) return false
    const until = this.#now() + forMs
    if (what === 'refuse') this.#closedTo.set(name, { refusal: 'busy', until })
    if (what === 'replace') this.#closedTo.set(name, { refusal: 'duplicate', until })
    this.#revoke(name, what === 'replace' ? 'replaced' : 'dropped')
    this.#directory.apply(name, 'unpublish')
    this.#hub.suspend(name)
    return true
  }

  #verdict(name: string): PublishVerdict {
    if (!isStreamName(name)) return { action: 'refuse', refusal: 'bad-name' }
    const refusal = this.#refusalByState(name)
    if (refusal !== undefined) return { action: 'refuse', refusal }
    const closed = this.#closedTo.get(name)
    if (closed !== undefined && this.#now() < closed.until) {
      return { action: 'refuse', refusal: closed.refusal }
    }
    this.#closedTo.delete(name)
    const current = this.#publications.get(name)
    if (current === undefined) return { action: 'accept' }
    if (current.silentFor >= this.#takeoverAfterMs) return { action: 'take-over' }
    return { action: 'refuse', refusal: 'duplicate' }
  }

  #refusalByState(name: string): Refusal | undefined {
    const entry = this.#directory.find(name)
    if (entry === undefined) return 'unknown'
    if (entry.transcode === true) return 'bad-name'
    return entry.state === 'locked' || entry.state === 'deleted' ? entry.state : undefined
  }

  #carryOut(name: string, verdict: PublishVerdict): PublishDecision {
    if (verdict.action === 'refuse') return { ok: false, refusal: verdict.refusal }
    if (verdict.action === 'take-over') this.#revoke(name, 'replaced')
    else if (!this.#goLive(name)) {
      return { ok: false, refusal: this.#refusalByState(name) ?? 'busy' }
    }
    return { ok: true, publication: this.#grant(name) }
  }

  #goLive(name: string): boolean {
    if (this.#directory.apply(name, 'publish')) return true
    // Left over from a process that died while it was live: nobody here publishes it.
    if (this.#directory.find(name)?.state !== 'live') return false
    return this.#directory.apply(name, 'unpublish') && this.#directory.apply(name, 'publish')
  }

  #grant(name: string): StreamPublication {
    const publication = new StreamPublication(this.#hub.publish(name), this.#now, (reason) =>
      this.#ended(name, reason),
    )
    this.#publications.set(name, publication)
    return publication
  }

  /** A session ended its publication by itself; one that was revoked cannot. */
  #ended(name: string, reason: EndReason): void {
    this.#publications.delete(name)
    this.#directory.apply(name, 'unpublish')
    if (reason === 'unpublished' || reason === 'shutdown') this.#hub.end(name, reason)
    else this.#hub.suspend(name)
  }

  #revoke(name: string, reason: EndReason): void {
    const publication = this.#publications.get(name)
    this.#publications.delete(name)
    publication?.revoke(reason)
  }
}
