import { LiveproofError } from '../../errors.ts'
import { keyFor, uniform } from '../../network/random.ts'
import { type Address, addressOf } from './connection.ts'
import { H5LiveSwarmViewer } from './h5live-viewer.ts'
import { HlsSwarmViewer } from './hls-viewer.ts'
import {
  FIRST_RETURN_MS,
  LEAST_SAMPLES,
  MAX_RETURNS,
  READ_BUFFER_BYTES,
  RETURN_STEP_MS,
  SILENCE_MS,
  START_DEADLINE_MS,
  SWEEP_MS,
} from './limits.ts'
import { hlsBuffer, playerBuffer } from './playback-buffer.ts'
import { ProgressiveSwarmViewer } from './progressive-viewer.ts'
import { swarmNow } from './swarm-clock.ts'
import type { SwarmViewer, ViewerSetup } from './swarm-viewer.ts'
import { type TakenTally, Tally } from './tally.ts'
import type { Arrival, ThreadKind, ThreadSetup } from './thread-messages.ts'
import { ViewerSeen } from './viewer-seen.ts'

const viewerFor = {
  h5live: H5LiveSwarmViewer,
  progressive: ProgressiveSwarmViewer,
  hls: HlsSwarmViewer,
} as const

/** Of a viewer that has lost its server: when, in ms, and how often it has asked for another. */
interface Loss {
  readonly at: number
  readonly asked: number
}

interface Due extends Arrival {
  readonly loss?: Loss
}

interface Member {
  readonly viewer: SwarmViewer
  readonly arrival: Due
  readonly dueAt: number
  readonly leavesAt: number
}

interface Kind extends ThreadKind {
  readonly addresses: readonly Address[]
  readonly tally: Tally
}

/** The viewers of one thread: opens them when they are due, and looks after their deadlines. */
export class Crowd {
  /** ms that a viewer was opened after it was due, at worst, since it was last taken */
  openLateMs = 0
  readonly #kinds: readonly Kind[]
  readonly #buffer = Buffer.allocUnsafeSlow(READ_BUFFER_BYTES)
  readonly #members = new Map<SwarmViewer, Member>()
  readonly #stayMs: number | null
  readonly #stays: number
  #draws = 0
  /** By time, the next one last. */
  #due: Due[] = []
  #sweptAt = 0
  #closed = false

  constructor({ kinds, seed, stayMs }: ThreadSetup) {
    this.#stayMs = stayMs
    this.#stays = keyFor(seed, 'stay')
    this.#kinds = kinds.map((kind) => ({
      ...kind,
      addresses: kind.urls.map(addressOf),
      tally: new Tally(),
    }))
  }

  get size(): number {
    return this.#members.size
  }

  expect(arrivals: readonly Due[]): void {
    this.#due = [...this.#due, ...arrivals].sort((a, b) => b.at - a.at)
  }

  /** Opens who is due; now and then looks at everybody's deadlines. */
  tick(): void {
    const now = swarmNow()
    for (let next = this.#due.at(-1); next !== undefined && next.at <= now; ) {
      this.#due.pop()
      this.openLateMs = Math.max(this.openLateMs, now - next.at)
      if (next.loss === undefined) this.#open(next)
      else void this.#return(next, next.loss)
      next = this.#due.at(-1)
    }
    if (now - this.#sweptAt < SWEEP_MS) return
    this.#sweptAt = now
    for (const member of this.#members.values()) this.#look(member, now)
  }

  take(): TakenTally[] {
    const now = swarmNow() / 1000
    for (const { viewer, arrival } of this.#members.values())
      this.#playback(viewer, this.#kinds[arrival.kind]!.tally, now)
    return this.#kinds.map(({ tally }) => tally.take())
  }

  /** p99 of each viewer with samples enough; they begin anew. */
  takePerViewer(): number[] {
    const p99s: number[] = []
    for (const { viewer } of this.#members.values()) {
      const { buckets } = viewer.seen
      if (buckets.count >= LEAST_SAMPLES) p99s.push(buckets.percentile(99))
      buckets.reset()
    }
    return p99s
  }

  close(): void {
    this.#closed = true
    this.#due = []
    for (const viewer of [...this.#members.keys()]) viewer.leave()
  }

  /** Asks where to play now; when that cannot be said, again later. */
  async #return(due: Due, loss: Loss): Promise<void> {
    const { router, format } = this.#kinds[due.kind]!
    try {
      // Hardly any crowd needs it.
      const { askPlayout } = await import('../../targets/ask-from.ts')
      const url = (await askPlayout(router!.url, router!.client))[format] ?? ''
      if (this.#closed) return
      if (URL.canParse(url)) this.#open(due, addressOf(url))
      else this.#lost(due, loss)
    } catch (error) {
      if (!(error instanceof LiveproofError)) throw error
      this.#lost(due, loss)
    }
  }

  #lost(due: Due, { at, asked }: Loss): void {
    if (this.#closed || asked >= MAX_RETURNS) return
    const wait = FIRST_RETURN_MS + asked * RETURN_STEP_MS
    this.expect([{ ...due, at: swarmNow() + wait, loss: { at, asked: asked + 1 } }])
  }

  #open(arrival: Due, elsewhere?: Address): void {
    const kind = this.#kinds[arrival.kind]!
    const { tally, addresses, format } = kind
    const { loss } = arrival
    const thresholds = format === 'hls' ? hlsBuffer : playerBuffer
    const setup: ViewerSetup = {
      seen: new ViewerSeen(tally, loss?.at ?? arrival.at, thresholds, loss !== undefined),
      onGone: (viewer, reason) => this.#gone(viewer, reason),
      buffer: this.#buffer,
      readRate: kind.readRate ?? Number.POSITIVE_INFINITY,
    }
    const address = elsewhere ?? addresses[arrival.url % addresses.length]!
    const viewer = new viewerFor[format](address, setup)
    tally.arrived++
    const leavesAt = arrival.at + this.#stay()
    this.#members.set(viewer, { viewer, arrival, dueAt: arrival.at, leavesAt })
  }

  /** ms; exponential: who stays for long is no more likely to leave. */
  #stay(): number {
    if (this.#stayMs === null) return Number.POSITIVE_INFINITY
    return -Math.log(uniform(this.#stays, this.#draws++)) * this.#stayMs
  }

  #look({ viewer, arrival, dueAt, leavesAt }: Member, now: number): void {
    const { connection, seen } = viewer
    if (connection.pausedUntil > 0 && now >= connection.pausedUntil) connection.resume()
    viewer.tick?.(now)
    if (now >= leavesAt) {
      viewer.leave()
      const { kind, url } = arrival
      this.expect([{ kind, url, at: now }])
    } else if (!seen.playing && now - dueAt > START_DEADLINE_MS) {
      connection.cut(`no picture within ${START_DEADLINE_MS / 1000} s`)
    } else if (now - connection.heardAt > SILENCE_MS) {
      connection.cut(`silent for ${SILENCE_MS / 1000} s`)
    }
  }

  #gone(viewer: SwarmViewer, reason: string): void {
    const member = this.#members.get(viewer)
    if (member === undefined) return
    this.#members.delete(viewer)
    const { arrival } = member
    const { tally, router } = this.#kinds[arrival.kind]!
    this.#playback(viewer, tally, swarmNow() / 1000)
    const { playing } = viewer.seen
    viewer.seen.ended()
    if (reason === 'left' || this.#closed) return
    if (playing) tally.dropped(reason)
    else if (arrival.loss === undefined) tally.failed(reason)
    if (router === undefined) return
    const before = playing ? undefined : arrival.loss
    this.#lost(arrival, before ?? { at: swarmNow(), asked: 0 })
  }

  #playback({ seen: { playback } }: SwarmViewer, tally: Tally, now: number): void {
    playback.advance(now)
    tally.playedMs += playback.played * 1000
    tally.stalledMs += playback.stalled * 1000
    tally.stalls += playback.stalls
    playback.reset()
  }
}
