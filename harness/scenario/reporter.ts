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

  constructor(writer: RunWriter, root: string, events: ReporterEvents) {
    this.#writer = writer
    this.#root = root
    this.#events = events
  }

  onTestCaseReady(testCase: TestCase): void {
    this.#events.started(testCase.name, suiteOf(this.#file(testCase.module)))
  }

  onTestCaseResult(testCase: TestCase): void {
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
      this.#writer.scenario({ id: `${file}#${title}`, suite, title, file, durationMs, ...rest }),
    )
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

function suiteOf(file: string): string {
  return file.split('/').at(-2) ?? 'scenarios'
}
