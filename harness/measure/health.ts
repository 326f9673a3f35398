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
  readonly #before: Promise<[ProcessStat | null, ProcessStat | null]>
  #sent = 0
  #late = 0
  #negative = 0
  #deliveries = 0
  #lateDeliveries = 0

  constructor(options: { targetPid?: number } = {}) {
    this.#targetPid = options.targetPid
    this.#loop = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS })
    this.#loop.enable()
    this.#before = this.#look()
  }

  /** Adds what an encoder sent; once per encoder, when it is done. */
  addSends(stats: SendStats): void {
    this.#sent += stats.sent
    this.#late += stats.late
  }

  /** Adds what a link delivered; once per link, when it is done. */
  addDeliveries(stats: { readonly deliveries: number; readonly late: number }): void {
    this.#deliveries += stats.deliveries
    this.#lateDeliveries += stats.late
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
      deliveries: this.#deliveries,
      lateDeliveries: this.#lateDeliveries,
      ...usage('harness', before, after, elapsedMs),
      ...usage('target', targetBefore, targetAfter, elapsedMs),
    })
  }

  #look(): Promise<[ProcessStat | null, ProcessStat | null]> {
    const pid = this.#targetPid
    return Promise.all([readProcessStat('self'), pid === undefined ? null : readProcessStat(pid)])
  }
}

/** Figures to judge; what could not be measured is left out. Shares are of one core, or of time. */
export interface HealthReadings {
  elapsedMs: number
  eventLoopP99Ms: number
  eventLoopMaxMs: number
  sent: number
  late: number
  negativeSamples: number
  /** By links. */
  deliveries?: number
  lateDeliveries?: number
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
  const add = (name: string, unit: string, value: number | undefined, limit?: number) => {
    if (value === undefined) return
    figures.push({ name, unit, value: round(value), ...(limit === undefined ? {} : { limit }) })
    if (limit !== undefined && value > limit) {
      causes.push(`${name} ${show(value, unit)}, limit ${show(limit, unit)}`)
    }
  }
  const { sent, late, elapsedMs } = readings
  const longEnough = elapsedMs >= LEAST_WINDOW_MS
  const limited = (limit: number) => (longEnough ? limit : undefined)
  add('event loop late, p99', 'ms', readings.eventLoopP99Ms, limited(HEALTH_LIMITS.eventLoopP99Ms))
  add('event loop late, max', 'ms', readings.eventLoopMaxMs, HEALTH_LIMITS.eventLoopMaxMs)
  add('frames sent late', 'share', sent > 0 ? late / sent : undefined, HEALTH_LIMITS.lateSendShare)
  const { deliveries = 0, lateDeliveries = 0 } = readings
  add(
    'link deliveries late',
    'share',
    deliveries > 0 ? lateDeliveries / deliveries : undefined,
    HEALTH_LIMITS.lateDeliveryShare,
  )
  add('harness CPU', 'share', readings.harnessCpuShare, limited(HEALTH_LIMITS.cpuShare))
  add(
    'harness waiting for CPU',
    'share',
    readings.harnessWaitingShare,
    limited(HEALTH_LIMITS.waitingShare),
  )
  add('harness memory', 'bytes', readings.harnessRssBytes, HEALTH_LIMITS.rssBytes)
  add('latencies below zero', 'samples', readings.negativeSamples, HEALTH_LIMITS.negativeSamples)
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

function show(value: number, unit: string): string {
  if (unit === 'share') return `${(value * 100).toFixed(1)} %`
  if (unit === 'bytes') return `${(value / 2 ** 20).toFixed(0)} MiB`
  return `${round(value)} ${unit}`
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000
}
