import { availableParallelism } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { UsageError } from '../../errors.ts'
import type {
  CrowdFigures,
  LoadEngine,
  LoadFormat,
  LoadJob,
  LoadResult,
  LoadStage,
  StageResult,
  ViewerFormat,
} from '../../load/engine.ts'
import { nowMs } from '../../measure/clock.ts'
import { FiguresSum } from './crowd-figures.ts'
import { LOOK_MS } from './limits.ts'
import { Schedule } from './schedule.ts'
import { Swarm } from './swarm.ts'
import { SwarmHealth } from './swarm-health.ts'
import type { ThreadTaken } from './thread-messages.ts'

export interface SwarmOptions {
  /** Worker threads; as many as there are cores but one, when absent. */
  readonly threads?: number
}

/** Our own load engine: thousands of viewers for each core. */
export function swarmEngine({ threads }: SwarmOptions = {}): LoadEngine {
  return {
    id: 'swarm',
    async run(job) {
      const count = threads ?? Math.max(1, availableParallelism() - 1)
      const swarm = await Swarm.start(count, {
        seed: job.seed,
        stayMs: job.stayMs ?? null,
        kinds: job.kinds.map(({ format, urls, readRate, router }) => ({
          format: watched(format),
          urls,
          readRate: readRate ?? null,
          ...(router ? { router } : {}),
        })),
      })
      try {
        return await new SwarmRun(swarm, job).run()
      } finally {
        await swarm.stop()
      }
    },
  }
}

function watched(format: LoadFormat): ViewerFormat {
  if (format === 'api')
    throw new UsageError('LP_SWARM_JOB', 'the swarm does not call the API; use --engine k6')
  return format
}

/** One job on a swarm that has started. */
class SwarmRun {
  readonly #swarm: Swarm
  readonly #job: LoadJob
  readonly #schedule: Schedule
  readonly #startedAt = nowMs()
  readonly #total = new FiguresSum()
  readonly #byKind: readonly FiguresSum[]
  readonly #health = new SwarmHealth()

  constructor(swarm: Swarm, job: LoadJob) {
    this.#swarm = swarm
    this.#job = job
    this.#schedule = new Schedule(job)
    this.#byKind = job.kinds.map(() => new FiguresSum())
  }

  async run(): Promise<LoadResult> {
    const { job, stages } = { job: this.#job, stages: [] as StageResult[] }
    let viewers = 0
    for (const [index, stage] of job.stages.entries()) {
      const result = await this.#stage(index, stage, stage.viewers - viewers)
      if (result === null) break
      viewers = stage.viewers
      stages.push(result)
      if (!(await job.onStage(result))) break
    }
    return {
      stages,
      total: this.#total.figures(),
      byKind: job.kinds.map(({ name }, i) => ({ name, figures: this.#byKind[i]!.figures() })),
      engine: this.#health.health(),
      complete: !job.signal.aborted,
    }
  }

  /** Null when it was cut short before anything could be measured. */
  async #stage(index: number, stage: LoadStage, more: number): Promise<StageResult | null> {
    const ramp = new FiguresSum()
    const hold = new FiguresSum()
    const health = new SwarmHealth()
    if (more > 0) this.#swarm.expect(this.#schedule.next(more, nowMs(), stage.rampMs))
    await this.#during(index, stage.rampMs + SETTLE_MS, true, ramp, health)
    await this.#take(index, true, ramp, health, true)
    const from = nowMs() - this.#startedAt
    if (this.#job.signal.aborted) return null
    await this.#during(index, stage.holdMs, false, hold, health)
    await this.#take(index, false, hold, health, true)
    const heldMs = nowMs() - this.#startedAt - from
    if (this.#job.signal.aborted && heldMs < LOOK_MS) return null
    return {
      stage: index,
      viewers: stage.viewers,
      from,
      to: nowMs() - this.#startedAt,
      ramp: ramp.figures(),
      hold: hold.figures(),
      engine: health.health(),
    }
  }

  async #during(
    stage: number,
    ms: number,
    ramping: boolean,
    sum: FiguresSum,
    health: SwarmHealth,
  ): Promise<void> {
    const until = nowMs() + ms
    const { signal } = this.#job
    while (!signal.aborted && nowMs() < until) {
      const wait = Math.max(0, Math.min(LOOK_MS, until - nowMs()))
      await delay(wait, undefined, { signal }).catch(() => {})
      if (until - nowMs() > 1) await this.#take(stage, ramping, sum, health)
    }
  }

  async #take(
    stage: number,
    ramping: boolean,
    sum: FiguresSum,
    health: SwarmHealth,
    last = false,
  ): Promise<void> {
    const taken = await this.#swarm.take(last)
    const tallies = taken.flatMap(({ kinds }) => kinds)
    sum.add(tallies)
    this.#total.add(tallies)
    for (const [i, kind] of this.#byKind.entries()) kind.add(taken.map(({ kinds }) => kinds[i]!))
    for (const one of [health, this.#health])
      one.add(
        taken.map((thread) => thread.health),
        ramping,
      )
    if (last) {
      const p99s = taken.flatMap((thread: ThreadTaken) => thread.p99s)
      sum.perViewer(p99s)
      if (!ramping) this.#total.perViewer(p99s)
    }
    this.#job.onLook?.({
      stage,
      at: nowMs() - this.#startedAt,
      ramping,
      figures: figuresOf(tallies),
    })
  }
}

/** ms after a ramp in which the last of it get their pictures. */
const SETTLE_MS = 1_000

function figuresOf(tallies: Parameters<FiguresSum['add']>[0]): CrowdFigures {
  const sum = new FiguresSum()
  sum.add(tallies)
  return sum.figures()
}
