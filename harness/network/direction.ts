import type { Agenda, Event } from './agenda.ts'
import { Codel } from './codel.ts'
import { DecisionLog, type DropCause } from './decision-log.ts'
import { DirectionStats } from './direction-stats.ts'
import { type JitterModel, jitterModel } from './jitter.ts'
import { MAX_HISTORY, MAX_QUEUE_BYTES, MAX_UNDER_WAY } from './limits.ts'
import type { Settings, SettingsChange, Step } from './link-spec.ts'
import { type LossModel, lossModel } from './loss.ts'
import { keyFor, uniform } from './random.ts'
import { Timeline } from './timeline.ts'
import type { Opportunities } from './trace.ts'

/** What travels. A copy of a packet delivers the same payload again. */
export interface Payload {
  /** `at` is when it was due; `corruptAt`, where not null, is a place in 0…1 whose bit is flipped. */
  deliver(at: number, corruptAt: number | null): void
}

export interface DirectionOptions {
  readonly agenda: Agenda
  readonly seed: number
  readonly name: 'up' | 'down'
  readonly settings: Settings
  readonly steps?: readonly Step[]
  readonly loopMs?: number | null
  /** A Mahimahi trace, which then takes the place of the rate. */
  readonly opportunities?: Opportunities | null
  /** A damaged packet is dropped: TCP's checksum sees it. */
  readonly checksum: boolean
  /** Packets to which nothing is done are delivered within `offer`. */
  readonly immediate: boolean
  /** Told of every change of the settings, for a kernel that carries them out. */
  readonly onSettings?: ((settings: Settings) => void) | undefined
}

/**
 * One direction of a link, without any I/O: packets and times (ms since the link opened) in,
 * deliveries out. In order: MTU,
 * blackout, loss, corruption, queue and rate, delay with jitter, reordering, duplication. What
 * happens to a packet depends on the seed, its index, when it came and what the settings were then;
 * never on when the machine got round to it.
 */
export class Direction {
  readonly log: DecisionLog = new DecisionLog()
  readonly stats: DirectionStats = new DirectionStats()
  readonly #agenda: Agenda
  readonly #options: DirectionOptions
  readonly #keys: Record<'duplicate' | 'reorder' | 'corrupt' | 'bit', number>
  #settings: Settings
  #timeline: Timeline
  #losses: LossModel[] = []
  #jitter: JitterModel | null = null
  #codel: Codel | null = null
  #transparent = false
  #offered = 0
  #underWay = 0
  #lastDeliverAt = 0
  #highestDelivered = -1
  readonly #history: { at: number; settings: Settings }[] = []
  readonly #queue: Packet[] = []
  #queueHead = 0
  #queuedBytes = 0
  #inService: Packet | null = null
  #bitsLeft = 0
  #servedSince = 0
  #doneAt = Infinity
  #wakeAt = Infinity
  readonly #wake: Event = { run: (at) => this.#woken(at) }

  constructor(options: DirectionOptions) {
    const { agenda, seed, name, settings, steps = [], loopMs = null } = options
    this.#agenda = agenda
    this.#options = options
    this.#settings = settings
    this.#keys = {
      duplicate: keyFor(seed, name, 'duplicate'),
      reorder: keyFor(seed, name, 'reorder'),
      corrupt: keyFor(seed, name, 'corrupt'),
      bit: keyFor(seed, name, 'bit'),
    }
    this.#install({ ...settings })
    this.#history.push({ at: 0, settings })
    this.#timeline = new Timeline(settings, steps, loopMs, 0)
    this.#arm()
  }

  /** What held from when on, as far back as it is kept; the first is where the link began. */
  get history(): readonly { readonly at: number; readonly settings: Readonly<Settings> }[] {
    return this.#history
  }

  get settings(): Readonly<Settings> {
    return this.#settings
  }

  /** Nothing is done to packets, and none is under way. */
  get transparent(): boolean {
    return this.#transparent && this.#underWay === 0
  }

  /** Bytes that wait to be sent, the packet being sent left out. */
  get queuedBytes(): number {
    return this.#queuedBytes
  }

  /**
   * A packet of `size` bytes, IP header included, comes at `at` ms; times
   * must not go back. `blocked` drops it as belonging to a half-open connection.
   */
  offer(at: number, size: number, payload: Payload, blocked = false): void {
    this.#catchUp(at)
    const index = this.#offered++
    const { stats, log } = this
    stats.offered++
    stats.offeredBytes += size
    log.offered(at, size)
    const packet = new Packet(this, index, size, at, payload)
    const cause = this.#refusal(index, size, blocked)
    if (cause) {
      this.#drop(packet, cause)
      return
    }
    const { corrupt } = this.#settings
    if (corrupt && uniform(this.#keys.corrupt, index) < corrupt.p) {
      log.corrupted(index)
      if (this.#options.checksum) {
        this.#drop(packet, 'checksum')
        return
      }
      stats.corrupted++
      packet.corruptAt = uniform(this.#keys.bit, index)
    }
    this.#underWay++
    if (this.#settings.rateKbps === null && !this.#options.opportunities && !this.#inService)
      this.#depart(packet, at)
    else this.#enqueue(packet, at)
    this.#arm()
  }

  /** A chunk that went past the model because nothing would have been done to it. */
  passed(at: number, size: number): void {
    const index = this.#offered++
    this.stats.offered++
    this.stats.offeredBytes += size
    this.stats.delivered++
    this.stats.deliveredBytes += size
    this.#highestDelivered = index
    this.log.offered(at, size)
    this.log.decide(index, 'delivered', at)
  }

  /** Fields of `change` hold from `at` on. */
  set(at: number, change: SettingsChange): void {
    this.#catchUp(at)
    this.log.changes.push({ at, before: this.#offered, set: change })
    this.#apply(at, change)
    this.#arm()
  }

  /** Replaces what is left of the schedule. @throws UsageError `LP_LINK_SCHEDULE` */
  schedule(at: number, steps: readonly Step[], loopMs: number | null = null): void {
    this.#catchUp(at)
    this.#timeline = new Timeline(this.#settings, steps, loopMs, at)
    this.log.changes.push({ at, before: this.#offered, steps, loopMs })
    this.#arm()
  }

  #refusal(index: number, size: number, blocked: boolean): DropCause | null {
    // Every model sees every packet, so that none's decisions depend on another's.
    let lost = false
    for (const model of this.#losses) lost = model(index) || lost
    if (blocked) return 'half-open'
    const { mtu, blackout } = this.#settings
    if (mtu !== null && size > mtu) return 'mtu'
    if (blackout) return 'blackout'
    if (lost) return 'loss'
    return this.#underWay >= MAX_UNDER_WAY ? 'overload' : null
  }

  #enqueue(packet: Packet, at: number): void {
    if (this.#inService && this.#isFull(packet.size)) {
      this.#underWay--
      this.#drop(packet, 'queue-full')
      return
    }
    this.#queue.push(packet)
    this.#queuedBytes += packet.size
    if (!this.#inService) this.#serveNext(at)
    this.#depthIs(at)
  }

  #isFull(size: number): boolean {
    const { queue, rateKbps } = this.#settings
    const bytes = this.#queuedBytes + size
    if (bytes > (queue.bytes ?? MAX_QUEUE_BYTES)) return true
    if (queue.ms === undefined || this.#options.opportunities || !rateKbps) return false
    return (bytes * 8) / rateKbps > queue.ms
  }

  #serveNext(at: number): void {
    for (;;) {
      const packet = this.#queue[this.#queueHead]
      if (!packet) {
        this.#inService = null
        this.#doneAt = Infinity
        return
      }
      this.#queueHead++
      if (this.#queueHead > 1_024 && this.#queueHead * 2 > this.#queue.length) {
        this.#queue.splice(0, this.#queueHead)
        this.#queueHead = 0
      }
      this.#queuedBytes -= packet.size
      if (this.#codel?.shouldDrop(at, at - packet.arrivedAt, this.#queuedBytes)) {
        this.#underWay--
        this.#drop(packet, 'codel')
        continue
      }
      this.#inService = packet
      this.#bitsLeft = packet.size * 8
      this.#servedSince = at
      const { opportunities } = this.#options
      this.#doneAt = opportunities ? opportunities.take(packet.size, at) : this.#rateDoneAt()
      return
    }
  }

  #rateDoneAt(): number {
    const rate = this.#rate()
    if (rate === null) return this.#servedSince
    return rate === 0 ? Infinity : this.#servedSince + this.#bitsLeft / rate
  }

  /** bits per ms; null for no limit */
  #rate(): number | null {
    return this.#settings.blackout ? 0 : this.#settings.rateKbps
  }

  #depart(packet: Packet, at: number): void {
    const { delayMs, jitter, reorder, duplicate } = this.#settings
    const { index } = packet
    let deliverAt = at + delayMs + (this.#jitter?.(index) ?? 0)
    if (reorder && uniform(this.#keys.reorder, index) < reorder.p) {
      deliverAt += reorder.byMs
      this.log.held(index)
    } else if (!jitter?.reorder) {
      deliverAt = Math.max(deliverAt, this.#lastDeliverAt)
      this.#lastDeliverAt = deliverAt
    }
    this.log.decide(index, 'delivered', deliverAt)
    if (duplicate && uniform(this.#keys.duplicate, index) < duplicate.p) {
      this.log.duplicated(index)
      const copy = new Packet(this, index, packet.size, packet.arrivedAt, packet.payload)
      copy.isCopy = true
      copy.corruptAt = packet.corruptAt
      this.#underWay++
      this.#agenda.add(deliverAt + duplicate.afterMs, copy)
    }
    if (this.#options.immediate && this.#transparent) packet.run(at)
    else this.#agenda.add(deliverAt, packet)
  }

  /** Called by the packet when it is due. */
  arrived(packet: Packet, at: number): void {
    const { stats } = this
    this.#underWay--
    if (packet.isCopy) stats.duplicated++
    else {
      stats.delivered++
      stats.deliveredBytes += packet.size
      stats.delay.record(at - packet.arrivedAt)
      if (packet.index < this.#highestDelivered) stats.reordered++
      else this.#highestDelivered = packet.index
    }
    packet.payload.deliver(at, packet.corruptAt)
  }

  #drop(packet: Packet, cause: DropCause): void {
    this.stats.drop(cause)
    this.log.decide(packet.index, cause)
  }

  #woken(at: number): void {
    this.#wakeAt = Infinity
    this.#catchUp(at)
    this.#arm()
  }

  #arm(): void {
    const at = Math.min(this.#doneAt, this.#timeline.nextAt)
    if (at >= this.#wakeAt) return
    this.#wakeAt = at
    this.#agenda.add(at, this.#wake)
  }

  /** Does everything that was due until `at`, each thing at its own time. */
  #catchUp(at: number): void {
    if (at > this.log.until) this.log.until = at
    for (;;) {
      const changeAt = this.#timeline.nextAt
      if (Math.min(changeAt, this.#doneAt) > at) return
      if (changeAt <= this.#doneAt) this.#apply(changeAt, this.#timeline.take())
      else {
        const doneAt = this.#doneAt
        const packet = this.#inService!
        this.#inService = null
        this.#depart(packet, doneAt)
        this.#serveNext(doneAt)
        this.#depthIs(doneAt)
      }
    }
  }

  #depthIs(at: number): void {
    this.stats.depthIs(at, this.#queuedBytes)
  }

  #apply(at: number, change: SettingsChange): void {
    if (this.#inService && !this.#options.opportunities) {
      this.#bitsLeft = Math.max(0, this.#bitsLeft - (at - this.#servedSince) * (this.#rate() ?? 0))
      this.#servedSince = at
    }
    this.#install({ ...this.#settings, ...change } as Settings)
    if (this.#inService && !this.#options.opportunities) this.#doneAt = this.#rateDoneAt()
    if (this.#history.length < MAX_HISTORY) this.#history.push({ at, settings: this.#settings })
    this.#options.onSettings?.(this.#settings)
  }

  #install(next: Settings): void {
    const before = this.#settings
    const { seed, name } = this.#options
    const first = this.#offered === 0 && this.#losses.length === 0
    if (first || next.loss !== before.loss)
      this.#losses = next.loss.map((loss, place) => lossModel(loss, seed, name, `${place}`))
    if (next.jitter !== before.jitter || !this.#jitter)
      this.#jitter = next.jitter && jitterModel(next.jitter, seed, name)
    if (next.queue !== before.queue || !this.#codel)
      this.#codel = next.queue.codel ? new Codel(next.queue.codel) : null
    this.#settings = next
    this.#transparent =
      next.delayMs === 0 &&
      !next.jitter &&
      next.loss.length === 0 &&
      !next.duplicate &&
      !next.reorder &&
      !next.corrupt &&
      next.rateKbps === null &&
      next.mtu === null &&
      !next.blackout &&
      !this.#options.opportunities
  }
}

class Packet implements Event {
  readonly index: number
  readonly size: number
  readonly arrivedAt: number
  readonly payload: Payload
  readonly #direction: Direction
  corruptAt: number | null = null
  isCopy = false

  constructor(direction: Direction, index: number, size: number, at: number, payload: Payload) {
    this.#direction = direction
    this.index = index
    this.size = size
    this.arrivedAt = at
    this.payload = payload
  }

  run(at: number): void {
    this.#direction.arrived(this, at)
  }
}
