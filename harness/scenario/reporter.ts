import { basename, relative } from 'node:path'
import type { Reporter, SerializedError, TestCase, TestModule } from 'vitest/node'
import type { ScenarioRecord } from '../report/run-record.ts'
import type { RunWriter } from '../report/run-writer.ts'
import { emptyOutcome, type ScenarioOutcome } from './result.ts'

export interface ReporterEvents {
  started(title: string, suite: string): void
  ended(scenario: ScenarioRecord): void
}

/** Turns vitest's results into the run record, one scenario at a time. */
export class ScenarioReporter implements Reporter {
  #writer: RunWriter
  #root: string
  #events: ReporterEvents
  readonly #only: ReadonlySet<string> | undefined

  /** @param only ids of scenarios; what vitest tells of others is left out */
  constructor(writer: RunWriter, root: string, events: ReporterEvents, only?: ReadonlySet<string>) {
    this.#writer = writer
    this.#root = root
    this.#events = events
    this.#only = only
  }

  onTestCaseReady(testCase: TestCase): void {
    if (this.#isLeftOut(testCase)) return
    this.#events.started(testCase.name, suiteOf(this.#file(testCase.module)))
  }

  onTestCaseResult(testCase: TestCase): void {
    if (this.#isLeftOut(testCase)) return
    const outcome = testCase.meta().liveproof ?? emptyOutcome()
    const result = testCase.result()
    const thrown = result.state === 'failed' ? result.errors?.[0] : undefined
    const skipNote = result.state === 'skipped' ? result.note : undefined
    this.#end(testCase.name, testCase.module, testCase.diagnostic()?.duration ?? 0, {
      ...outcome,
      ...(result.state === 'skipped'
        ? { claimed: 'skipped' as const, reason: outcome.reason ?? skipNote ?? 'not run' }
        : {}),
      ...(thrown && !isVerdictError(thrown) ? { error: asRecordError(thrown) } : {}),
    })
  }

  /** A scenario file that cannot even be loaded is a failure, never silence. */
  onTestModuleEnd(module: TestModule): void {
    for (const error of module.errors())
      this.#end(basename(module.moduleId), module, 0, {
        ...emptyOutcome(),
        error: asRecordError(error),
      })
  }

  onTestRunEnd(
    _modules: ReadonlyArray<TestModule>,
    unhandled: ReadonlyArray<SerializedError>,
  ): void {
    const first = unhandled[0]
    if (first) this.#writer.interrupt('harness-error', first.stack ?? first.message)
  }

  #end(
    title: string,
    module: TestModule,
    durationMs: number,
    outcome: ScenarioOutcome & { error?: { code: string; message: string } },
  ): void {
    const { health, ...rest } = outcome
    const file = this.#file(module)
    const suite = suiteOf(file)
    this.#writer.noteHealth(health)
    this.#events.ended(
      this.#writer.scenario({ id: idOf(file, title), suite, title, file, durationMs, ...rest }),
    )
  }

  #isLeftOut({ name, module }: TestCase): boolean {
    return this.#only !== undefined && !this.#only.has(idOf(this.#file(module), name))
  }

  #file(module: TestModule): string {
    return relative(this.#root, module.moduleId)
  }
}

/** Broken rules are told by their verdicts; the error that ended the scenario adds nothing. */
function isVerdictError(error: SerializedError): boolean {
  return error['code'] === 'LP_RULES_BROKEN'
}

function asRecordError(error: SerializedError): { code: string; message: string } {
  const code = typeof error['code'] === 'string' ? error['code'] : 'LP_SCENARIO_ERROR'
  return { code, message: error.message }
}

function idOf(file: string, title: string): string {
  return `${file}#${title}`
}

function suiteOf(file: string): string {
  return file.split('/').at(-2) ?? 'scenarios'
}
