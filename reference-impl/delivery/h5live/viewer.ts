import type { LiveStream, StreamEnd, Subscriber } from '../../live/live-stream.ts'
import type { FragmentPacket, InitPacket, Packet } from '../../live/packet.ts'
import type { DeliveryLimits } from './limits.ts'
import { discontinuity, playing, switched } from './messages.ts'
import { NO_MEDIA, TOO_SLOW } from './refusal.ts'
import type { H5LiveSeams, OpeningPacket } from './seams.ts'
import { StreamSwitch, type SwitchFailure } from './stream-switch.ts'
import type { ViewerEnd, ViewerTransport } from './viewer-transport.ts'

/** A skipped viewer goes on once its queue has drained to this share of its limit. */
const RESUME_SHARE = 0.25

/**
 * One viewer of one stream: waits for a key frame, plays, is skipped when it is too slow, ends once.
 * Neither socket nor timer: the transport writes, the server calls `tick`.
 */
export class Viewer implements Subscriber {
  #stream: LiveStream
  readonly #transport: ViewerTransport
  readonly #seams: H5LiveSeams
  readonly #limits: DeliveryLimits
  readonly #startedAt: number
  readonly #fragment: (fragment: FragmentPacket) => void
  #state: 'waiting' | 'playing' | 'skipping' | 'over' = 'waiting'
  #init: InitPacket | undefined
  /** The opening group comes in one go and must fit. */
  #openingBytes = 0
  #sentBytes = 0
  #progressAt: number
  #switch: StreamSwitch | undefined
  /** Sent with a change-over already; the new stream is about to hand it out again. */
  #newest: Packet | undefined

  constructor(
    stream: LiveStream,
    transport: ViewerTransport,
    seams: H5LiveSeams,
    limits: DeliveryLimits,
    now: number,
  ) {
    this.#stream = stream
    this.#transport = transport
    this.#seams = seams
    this.#limits = limits
    this.#startedAt = now
    this.#fragment = seams.turn((fragment) => transport.fragment(fragment))
    this.#progressAt = now
  }

  /** Subscribes, and sends at once what the stream has cached. */
  start(): void {
    this.#seams.begin(() => this.#subscribe())
  }

  #subscribe(): void {
    if (this.#state === 'over') return
    this.#stream.subscribe(this)
    const cached = this.#seams.cached(this.#stream.cached)
    if (cached.length > 0) this.#open(cached)
  }

  get stream(): LiveStream {
    return this.#stream
  }

  /** Changes over to another stream of the group as soon as both have a key frame. `now`: ms */
  switchTo(wanted: LiveStream, now: number): void {
    this.#switch?.cancel()
    this.#switch = undefined
    const target = this.#seams.switchTo(wanted, this.#stream)
    if (this.#state === 'over') return
    if (target === this.#stream) {
      this.#transport.switched?.(switched('done', wanted.name))
      return
    }
    this.#transport.switched?.(switched('pending', wanted.name))
    if (this.#state !== 'playing') {
      this.#changeTo(target)
      return
    }
    this.#switch = new StreamSwitch(target, now, {
      ready: (fragments, newest) => {
        this.#newest = newest
        this.#changeOver(target, fragments)
      },
      failed: (failure, held) => this.#stay(target, failure, held),
    })
  }

  packet(packet: Packet): void {
    if (packet === this.#newest) return
    switch (this.#state) {
      case 'waiting':
        if (packet.kind === 'fragment' && this.#seams.mayStart(packet)) this.#open([packet])
        break
      case 'playing':
        if (this.#switch?.takes(packet, this.#init?.tracks ?? {}) !== false) this.#play(packet)
        break
      case 'skipping':
        if (packet.kind === 'fragment') this.#resume(packet)
        break
      case 'over':
        break
    }
  }

  end(reason: StreamEnd): void {
    this.#close({ kind: 'stream-ended', reason })
  }

  /** The connection is gone, or is closed by somebody else. */
  gone(): void {
    this.#state = 'over'
    this.#switch?.cancel()
    this.#stream.unsubscribe(this)
  }

  /** Looks at the deadlines. `now`: ms */
  tick(now: number): void {
    if (this.#state === 'over') return
    this.#switch?.tick(now)
    if (this.#state === 'waiting' && this.#init === undefined) {
      const waited = now - this.#startedAt
      if (waited > this.#limits.mediaWaitMs) this.#close({ kind: 'refused', refused: NO_MEDIA })
      return
    }
    const sent = this.#transport.sentBytes()
    if (sent !== this.#sentBytes || this.#transport.queuedBytes() === 0) {
      this.#sentBytes = sent
      this.#progressAt = now
    } else if (now - this.#progressAt > this.#limits.stallMs) {
      this.#close({ kind: 'refused', refused: TOO_SLOW })
    }
  }

  #changeTo(target: LiveStream): void {
    this.#stream.unsubscribe(this)
    this.#stream = target
    target.subscribe(this)
    this.#transport.changed?.(target)
  }

  #changeOver(target: LiveStream, fragments: readonly FragmentPacket[]): void {
    const { init } = target
    this.#switch = undefined
    this.#changeTo(target)
    this.#transport.together(() => {
      const sequence = fragments[0]?.sequence ?? 0
      this.#transport.switched?.(switched('done', target.name, { sequence }))
      if (init !== undefined) this.#send(init)
      for (const fragment of fragments) this.#opening(fragment)
    })
  }

  #stay(target: LiveStream, failure: SwitchFailure, held: readonly Packet[]): void {
    this.#switch = undefined
    const details = { code: SWITCH_CODES[failure], message: SWITCH_FAILURES[failure] }
    this.#transport.switched?.(switched('failed', target.name, details))
    for (const packet of held) this.#play(packet)
  }

  #open(fragments: readonly OpeningPacket[]): void {
    const { init } = this.#stream
    if (init === undefined) return
    this.#transport.together(() => {
      for (const packet of this.#seams.opening([init, ...fragments])) {
        if (packet.kind === 'init' && packet === this.#init) continue
        this.#opening(packet)
      }
    })
  }

  #opening(packet: OpeningPacket): void {
    if (packet.kind === 'fragment') this.#state = 'playing'
    if (packet.kind !== 'discontinuity') this.#openingBytes += packet.buffer.length
    this.#send(packet)
  }

  #play(packet: Packet): void {
    const queued = this.#transport.queuedBytes()
    if (queued > this.#limits.maxQueuedBytes + this.#openingBytes) {
      this.#state = 'skipping'
      return
    }
    if (queued < this.#limits.maxQueuedBytes * RESUME_SHARE) this.#openingBytes = 0
    this.#send(packet)
  }

  #resume(packet: FragmentPacket): void {
    if (!this.#seams.mayStart(packet)) return
    if (this.#transport.queuedBytes() > this.#limits.maxQueuedBytes * RESUME_SHARE) return
    const { init } = this.#stream
    const changed = init !== undefined && init !== this.#init
    this.#state = 'playing'
    this.#transport.together(() => {
      this.#transport.status(discontinuity('skipped', changed, packet.sequence))
      if (changed) this.#send(init)
      this.#send(packet)
    })
  }

  #send(packet: Packet): void {
    switch (packet.kind) {
      case 'init':
        this.#transport.streamInfo(packet)
        if (this.#init === undefined) this.#transport.status(playing())
        this.#transport.init(packet)
        this.#init = packet
        break
      case 'fragment':
        this.#fragment(packet)
        break
      case 'discontinuity':
        this.#transport.status(discontinuity(packet.reason, packet.init, packet.sequence))
        break
      case 'metadata':
        this.#transport.metadata(packet)
        break
    }
  }

  #close(end: ViewerEnd): void {
    if (this.#state === 'over') return
    this.gone()
    this.#transport.close(end)
  }
}

/** Facts §2.6: 4005 requested source stopped, 4006 source request timeout. */
const SWITCH_CODES: Readonly<Record<SwitchFailure, number>> = {
  ended: 4005,
  timeout: 4006,
  'not-aligned': 4006,
}
const SWITCH_FAILURES: Readonly<Record<SwitchFailure, string>> = {
  ended: 'The stream has ended.',
  timeout: 'The stream had no key frame in time.',
  'not-aligned': 'The streams have no key frame in common.',
}
