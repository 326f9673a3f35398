import { judgeStage, type LoadBudget, type StageVerdict } from './budget.ts'
import type { CrowdFigures, EngineFigure, LoadLook, LoadResult, StageResult } from './engine.ts'
import { ProcessMeter, type ProcessUse } from './process-meter.ts'

/** CPU and memory of both sides; null where they cannot be seen. */
export interface Use {
  readonly target: ProcessUse | null
  readonly harness: ProcessUse | null
}

/** A plateau, judged, with what it cost. */
export interface GatheredStage {
  readonly result: StageResult
  readonly verdict: StageVerdict
  readonly use: Use
}

/** A second of the run. */
export interface GatheredLook {
  /** ms since the job began */
  readonly at: number
  readonly viewers: number
  readonly p50: number
  readonly p99: number
  /** kbit/s, all viewers together */
  readonly kbps: number
}

/** ms below which a look is no second of the run. */
const LEAST_LOOK_MS = 500

/** Keeps what a load test brings, as it comes, so that a cut leaves what there was. */
export class LoadGathering {
  readonly stages: GatheredStage[] = []
  readonly looks: GatheredLook[] = []
  readonly budget: LoadBudget
  result: LoadResult | null = null
  use: Use = { target: null, harness: null }
  #looking = metersOf([])
  #holding = metersOf([])
  #ramping = true
  #lastAt = 0

  constructor(budget: LoadBudget) {
    this.budget = budget
  }

  get engineFigures(): readonly EngineFigure[] {
    return this.result?.engine.figures ?? this.stages.at(-1)?.result.engine.figures ?? []
  }

  /** @param targetPids processes of the target, where they run on this machine */
  async begin(targetPids: readonly number[] = []): Promise<void> {
    this.#looking = metersOf(targetPids)
    this.#holding = metersOf(targetPids)
    await look(this.#looking)
    await look(this.#holding)
  }

  look(seen: LoadLook): void {
    if (seen.figures) this.#keep(seen.at, seen.figures)
    void look(this.#looking).then((use) => {
      this.use = withEngine(use, seen.use)
    })
    // The last look of a ramp is where its plateau begins.
    if (seen.ramping || this.#ramping) void look(this.#holding)
    this.#ramping = seen.ramping
  }

  #keep(at: number, { latency, viewers, bytes }: CrowdFigures): void {
    const ms = at - this.#lastAt
    // The rest of a second at the end of a plateau says nothing about rates.
    if (ms >= LEAST_LOOK_MS) {
      this.looks.push({
        at,
        viewers: viewers.playing,
        p50: latency.percentile(50),
        p99: latency.percentile(99),
        kbps: (bytes * 8) / ms,
      })
    }
    this.#lastAt = at
  }

  async stage(result: StageResult): Promise<GatheredStage> {
    const use = withEngine(await look(this.#holding), result.engine.use)
    this.#ramping = true
    const gathered = { result, use, verdict: judgeStage(result, this.budget) }
    this.stages.push(gathered)
    return gathered
  }

  end(result: LoadResult): void {
    this.result = result
  }
}

interface Meters {
  readonly target: ProcessMeter
  readonly harness: ProcessMeter
}

function metersOf(targetPids: readonly number[]): Meters {
  return { target: new ProcessMeter(targetPids), harness: new ProcessMeter(['self']) }
}

async function look(of: Meters): Promise<Use> {
  const [target, harness] = await Promise.all([of.target.look(), of.harness.look()])
  return { target, harness }
}

/** The engine's own processes belong to the harness. */
function withEngine({ target, harness }: Use, engine: ProcessUse | undefined): Use {
  if (!engine || !harness) return { target, harness: engine ?? harness }
  const cpu = harness.cpu + engine.cpu
  return { target, harness: { cpu, rssBytes: harness.rssBytes + engine.rssBytes } }
}
