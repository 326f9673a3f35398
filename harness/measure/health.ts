import { monitorEventLoopDelay } from 'node:perf_hooks'
import { nowMs } from './clock.ts'
import { HEALTH_LIMITS, LEAST_WINDOW_MS } from './health-limits.ts'
import { type ProcessStat, readProcessStat } from './process-stat.ts'

/** ms between the looks at the event loop; their resolution is what it can be late by unseen. */
const LOOP_RESOLUTION_MS = 10

export interface HealthFigure {
  name: string
  value: number
  unit: string
  /** Past this the run is invalid. */
  limit?: number
}

export interface Health {
  status: 'healthy' | 'invalid'
  /** Why the harness cannot vouch for the run; empty when it can. */
  causes: string[]
  figures: HealthFigure[]
}

/** What encoders know about their own punctuality. */
export interface SendStats {
  readonly sent: number
  /** Sent `LATE_MS` of the encoders or more after they were due. */
  readonly late: number
}

/** Watches whether the harness itself is fit to measure, from its creation to `stop`. */
export class HealthMonitor {
  readonly #loop: ReturnType<typeof monitorEventLoopDelay>
  readonly #startedAt = nowMs()
  readonly #targetPid: number | undefined
  readonly #onlyLinks: boolean
  readonly #before: Promise<[ProcessStat | null, ProcessStat | null]>
  #sent = 0
  #late = 0
  #negative = 0
  readonly #links: LinkReadings[] = []

  /**
   * @param options.onlyLinks among others in one process: its figures are of all of them and have
   *   no limits, while links still know how late they were themselves
   */
  constructor(options: { targetPid?: number; onlyLinks?: boolean } = {}) {
    this.#targetPid = options.targetPid
    this.#onlyLinks = options.onlyLinks ?? false
    this.#loop = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS })
    this.#loop.enable()
    this.#before = this.#look()
  }

  /** Adds what an encoder sent; once per encoder, when it is done. */
  addSends(stats: SendStats): void {
    this.#sent += stats.sent
    this.#late += stats.late
  }

  /** Adds what a link delivered; once per link, when it is done. `name` tells it in the causes. */
  addDeliveries(name: string, { deliveries, late, fit }: Omit<LinkReadings, 'name'>): void {
    this.#links.push({ name, deliveries, late, fit })
  }

  /** Adds the samples of a latency histogram that lay below zero. */
  addClock(histogram: { readonly negative: number }): void {
    this.#negative += histogram.negative
  }

  async stop(): Promise<Health> {
    this.#loop.disable()
    const [before, targetBefore] = await this.#before
    const [after, targetAfter] = await this.#look()
    const elapsedMs = Math.max(nowMs() - this.#startedAt, 1)
    const late = (ns: number) => Math.max(0, ns / 1e6 - LOOP_RESOLUTION_MS)
    const looked = this.#loop.count > 0
    return judgeHealth({
      elapsedMs,
      eventLoopP99Ms: looked ? late(this.#loop.percentile(99)) : 0,
      eventLoopMaxMs: looked ? late(this.#loop.max) : 0,
      sent: this.#sent,
      late: this.#late,
      negativeSamples: this.#negative,
      links: this.#links,
      onlyLinks: this.#onlyLinks,
      ...usage('harness', before, after, elapsedMs),
      ...usage('target', targetBefore, targetAfter, elapsedMs),
    })
  }

  #look(): Promise<[ProcessStat | null, ProcessStat | null]> {
    const pid = this.#targetPid
    return Promise.all([readProcessStat('self'), pid === undefined ? null : readProcessStat(pid)])
  }
}

/** What a link knows about its own punctuality. */
export interface LinkReadings {
  readonly name: string
  readonly deliveries: number
  /** Delivered `LATE_MS` of the links or more after they were due. */
  readonly late: number
  /** False when so much was late that the link did not do what it says. */
  readonly fit: boolean
}

/** Figures to judge; what could not be measured is left out. Shares are of one core, or of time. */
export interface HealthReadings {
  elapsedMs: number
  eventLoopP99Ms: number
  eventLoopMaxMs: number
  sent: number
  late: number
  negativeSamples: number
  links?: readonly LinkReadings[]
  /** Nothing but links is held to its limit. */
  onlyLinks?: boolean
  harnessCpuShare?: number
  harnessWaitingShare?: number
  harnessRssBytes?: number
  targetCpuShare?: number
  targetWaitingShare?: number
  targetRssBytes?: number
}

export function judgeHealth(readings: HealthReadings): Health {
  const figures: HealthFigure[] = []
  const causes: string[] = []
  const { links = [], onlyLinks = false } = readings
  const add = (name: string, unit: string, value: number | undefined, limit?: number) => {
    if (value === undefined) return
    figures.push({ name, unit, value: round(value), ...(limit === undefined ? {} : { limit }) })
    if (limit !== undefined && value > limit) {
      causes.push(`${name} ${show(value, unit)}, limit ${show(limit, unit)}`)
    }
  }
  const { sent, late, elapsedMs } = readings
  const longEnough = elapsedMs >= LEAST_WINDOW_MS
  const own = (limit: number) => (onlyLinks ? undefined : limit)
  const limited = (limit: number) => (longEnough ? own(limit) : undefined)
  add('event loop late, p99', 'ms', readings.eventLoopP99Ms, limited(HEALTH_LIMITS.eventLoopP99Ms))
  add('event loop late, max', 'ms', readings.eventLoopMaxMs, own(HEALTH_LIMITS.eventLoopMaxMs))
  const lateSends = sent > 0 ? late / sent : undefined
  add('frames sent late', 'share', lateSends, own(HEALTH_LIMITS.lateSendShare))
  const deliveries = sum(links.map((link) => link.deliveries))
  const lateDeliveries = sum(links.map((link) => link.late))
  const lateShare = deliveries > 0 ? lateDeliveries / deliveries : undefined
  add('link deliveries late', 'share', lateShare, HEALTH_LIMITS.lateDeliveryShare)
  // Among many good links one that was late would not be seen in the sum.
  const limit = show(HEALTH_LIMITS.lateDeliveryShare, 'share')
  for (const link of links) {
    const share = show(link.late / link.deliveries, 'share')
    if (!link.fit)
      causes.push(`link ${link.name} late with ${share} of its deliveries, limit ${limit}`)
  }
  add('harness CPU', 'share', readings.harnessCpuShare, limited(HEALTH_LIMITS.cpuShare))
  add(
    'harness waiting for CPU',
    'share',
    readings.harnessWaitingShare,
    limited(HEALTH_LIMITS.waitingShare),
  )
  add('harness memory', 'bytes', readings.harnessRssBytes, own(HEALTH_LIMITS.rssBytes))
  const { negativeSamples } = readings
  add('latencies below zero', 'samples', negativeSamples, own(HEALTH_LIMITS.negativeSamples))
  add('target CPU', 'share', readings.targetCpuShare)
  add('target waiting for CPU', 'share', readings.targetWaitingShare)
  add('target memory', 'bytes', readings.targetRssBytes)
  return { status: causes.length === 0 ? 'healthy' : 'invalid', causes, figures }
}

function usage(
  of: 'harness' | 'target',
  before: ProcessStat | null,
  after: ProcessStat | null,
  elapsedMs: number,
): Partial<HealthReadings> {
  if (!before || !after) return {}
  const readings: Partial<HealthReadings> = {
    [`${of}CpuShare`]: (after.cpuMs - before.cpuMs) / elapsedMs,
    [`${of}RssBytes`]: after.rssBytes,
  }
  if (before.waitedMs !== null && after.waitedMs !== null) {
    readings[`${of}WaitingShare`] = (after.waitedMs - before.waitedMs) / elapsedMs
  }
  return readings
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function show(value: number, unit: string): string {
  if (unit === 'share') return `${(value * 100).toFixed(1)} %`
  if (unit === 'bytes') return `${(value / 2 ** 20).toFixed(0)} MiB`
  return `${round(value)} ${unit}`
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000
}
