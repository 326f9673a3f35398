import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import type { Verdict } from '../conformance/rule.ts'
import { nowMs } from '../measure/clock.ts'
import { newRunId } from './run-id.ts'
import {
  type Health,
  type Interruption,
  type RuleCardRecord,
  type Run,
  type RunRecord,
  runRecordSchema,
  type ScenarioRecord,
  scenarioRecordSchema,
} from './run-record.ts'
import { scenarioStatus, summarise } from './summarise.ts'
import { pointAt, writeFileAtomic } from './write-file.ts'

/** What a scenario hands in; the status follows from the rest. */
export type ScenarioResult = Omit<ScenarioRecord, 'status'> & {
  /** Only for what cannot be read off the verdicts; say why in `reason`. */
  claimed?: 'skipped' | 'invalid'
}

export interface RunWriterOptions {
  /** Folder of all runs: `reports/out`. */
  readonly out: string
  readonly seed: number
  readonly command: string
  /** That it is only a part of a run. */
  readonly shard?: NonNullable<Run['shard']>
  readonly target: Run['target']
  readonly host: Run['host']
  readonly tool: Run['tool']
  readonly versions: Run['versions']
  /** Looks a rule up, so that the record can carry its card. */
  readonly ruleCard: (id: string) => RuleCardRecord | undefined
}

/**
 * Keeps `report.json` of one run complete and valid on disk from the first moment on: it is
 * rewritten in one step after each change, so a killed harness leaves its last true state.
 */
export class RunWriter {
  readonly dir: string
  #record: RunRecord
  #startedAt = nowMs()
  #ruleCard: RunWriterOptions['ruleCard']

  constructor({ out, ruleCard, ...run }: RunWriterOptions) {
    const startedAt = new Date()
    const id = newRunId(startedAt)
    this.dir = join(out, id)
    this.#ruleCard = ruleCard
    this.#record = withSummary({
      schema: runRecordSchema,
      run: { ...run, id, startedAt: startedAt.toISOString(), durationMs: 0, complete: false },
      health: { status: 'healthy', causes: [], figures: [] },
      scenarios: [],
      rules: {},
    })
    mkdirSync(this.dir, { recursive: true })
    this.#write()
    pointAt(join(out, 'latest'), id)
  }

  get record(): Readonly<RunRecord> {
    return this.#record
  }

  /** A scenario ended. A result that breaks the schema is kept as `invalid`, with the reason. */
  scenario(result: ScenarioResult): ScenarioRecord {
    const scenario = completed(result)
    this.#record.scenarios.push(scenario)
    for (const { rule } of scenario.verdicts) {
      const card = this.#ruleCard(rule)
      if (card) this.#record.rules[rule] = cardOnly(card)
    }
    this.#write()
    return scenario
  }

  /** Figures of the harness's health in one scenario: the worst of the run stays. */
  noteHealth(figures: Health['figures']): void {
    const worst = new Map(this.#record.health.figures.map((figure) => [figure.name, figure]))
    for (const figure of figures) {
      const before = worst.get(figure.name)
      if (before === undefined || figure.value > before.value) worst.set(figure.name, figure)
    }
    this.health({ ...this.#record.health, figures: [...worst.values()] })
  }

  /** How the harness itself did over the whole run. */
  health(health: Health): void {
    this.#record.health = health
    this.#write()
  }

  /** The run is cut short; the first cause stays. Safe to call from a signal handler. */
  interrupt(cause: Interruption['cause'], detail: string): void {
    this.#record.run.interrupted ??= { cause, detail }
    this.#end()
  }

  /** All chosen scenarios have ended. */
  finish(): Readonly<RunRecord> {
    this.#record.run.complete = this.#record.run.interrupted === undefined
    this.#end()
    return this.#record
  }

  #end(): void {
    this.#record.run.finishedAt = new Date().toISOString()
    this.#write()
  }

  #write(): void {
    this.#record.run.durationMs = Math.round(nowMs() - this.#startedAt)
    this.#record = withSummary(this.#record)
    writeFileAtomic(join(this.dir, 'report.json'), `${JSON.stringify(this.#record)}\n`)
  }
}

function withSummary(record: Omit<RunRecord, 'summary'>): RunRecord {
  return { ...record, summary: summarise(record) }
}

function completed({ claimed, ...result }: ScenarioResult): ScenarioRecord {
  const { verdicts, error } = result
  const status = scenarioStatus({ verdicts, error, claimed })
  const checked = scenarioRecordSchema.safeParse({
    ...result,
    verdicts: verdicts.map(clipped),
    ...(error ? { error: { ...error, message: stripVTControlCharacters(error.message) } } : {}),
    status,
  })
  if (checked.success) return checked.data
  const issue = checked.error.issues[0]
  const where = issue?.path.join('.') ?? ''
  return {
    id: result.id || 'unnamed',
    suite: result.suite || 'unknown',
    title: result.title || 'unnamed scenario',
    file: result.file ?? '',
    status: 'invalid',
    durationMs: Math.max(0, result.durationMs || 0),
    reason: 'The harness made a result that does not fit the run record.',
    error: { code: 'LP_REPORT_RECORD', message: `${where}: ${issue?.message ?? 'unknown'}` },
    verdicts: [],
    latency: [],
    startup: [],
    series: [],
    artifacts: [],
  }
}

/** A long dump must not cost the scenario its verdicts. */
function clipped(verdict: Verdict): Verdict {
  const evidence = verdict.evidence.map((seen) =>
    seen.bytes === undefined ? seen : { ...seen, bytes: seen.bytes.slice(0, 128) },
  )
  return { ...verdict, evidence }
}

/** A rule of the engine has more than a card (checks, mutants). */
function cardOnly({ id, title, level, source, advice }: RuleCardRecord): RuleCardRecord {
  return { id, title, level, source, ...(advice === undefined ? {} : { advice }) }
}
