import { inject, type TestContext, test } from 'vitest'
import { LiveproofError } from '../errors.ts'
import { NotOffered } from '../targets/not-offered.ts'
import { openScenario, type ScenarioContext } from './context.ts'
import { type Need, unmetNeed } from './needs.ts'
import { emptyOutcome } from './result.ts'

export interface ScenarioOptions {
  /** What the scenario cannot do without; where it is missing the scenario is skipped with the reason. */
  readonly needs?: readonly Need[]
  /** ms for the whole scenario, 60,000 unless told otherwise */
  readonly timeoutMs?: number
  /**
   * Many of these run at once, so nothing in it may judge a time that the neighbours could spoil;
   * of the harness's own health only its links' is then judged.
   */
  readonly concurrent?: boolean
  /**
   * Starts a reference of its own on a data folder of its own, so that it may be killed; where
   * another target is under test, that one is used as it is.
   */
  readonly ownReference?: boolean
}

const TIMEOUT_MS = 60_000
/** ms for closing what a scenario opened. */
const CLOSE_MS = 15_000

type ScenarioBody = (context: ScenarioContext) => Promise<void>

/**
 * One scenario: a sentence that says what holds, and how to see it. It asks the target for
 * addresses and never assumes which target that is.
 */
export function scenario(title: string, body: ScenarioBody): void
export function scenario(title: string, options: ScenarioOptions, body: ScenarioBody): void
export function scenario(
  title: string,
  optionsOrBody: ScenarioOptions | ScenarioBody,
  body?: ScenarioBody,
): void {
  const options = typeof optionsOrBody === 'function' ? {} : optionsOrBody
  const run = typeof optionsOrBody === 'function' ? optionsOrBody : body!
  const { timeoutMs = TIMEOUT_MS, concurrent = false } = options
  // Its own deadline comes first, so that it is told with what was measured until then.
  test(title, { timeout: timeoutMs + CLOSE_MS, concurrent }, (context) =>
    runScenario(context, options, run),
  )
}

/** One scenario for each of many cases; `%s` in the title stands for the case. */
scenario.each = function each<T extends string>(
  cases: readonly T[],
): (
  title: string,
  options: ScenarioOptions,
  body: (context: ScenarioContext, value: T) => Promise<void>,
) => void {
  return (title, options, body) => {
    for (const value of cases)
      scenario(title.replace('%s', value), options, (context) => body(context, value))
  }
}

async function runScenario(
  { task, signal, skip }: TestContext,
  options: ScenarioOptions,
  body: ScenarioBody,
): Promise<void> {
  const environment = inject('liveproof')
  const outcome = emptyOutcome()
  task.meta.liveproof = outcome
  const reason = unmetNeed(options.needs ?? [], environment.target)
  if (reason) {
    outcome.claimed = 'skipped'
    outcome.reason = reason
    skip(reason)
  }
  const deadline = AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS)
  const opened = await openScenario({
    environment,
    outcome,
    signal: AbortSignal.any([signal, deadline]),
    concurrent: options.concurrent ?? false,
    ownReference: options.ownReference ?? false,
  })
  let passed = false
  try {
    await Promise.race([body(opened.context), overtime(deadline, options)])
    passed = true
  } catch (error) {
    if (!(error instanceof NotOffered)) throw error
    outcome.claimed = 'skipped'
    outcome.reason = error.message
    skip(error.message)
  } finally {
    await opened.close(passed)
  }
}

/** Rejects when the scenario has had its time. */
function overtime(deadline: AbortSignal, { timeoutMs = TIMEOUT_MS }: ScenarioOptions) {
  return new Promise<never>((_resolve, reject) => {
    const late = () =>
      reject(new LiveproofError('LP_SCENARIO_TIMEOUT', `not done within ${timeoutMs / 1000} s`))
    if (deadline.aborted) late()
    deadline.addEventListener('abort', late)
  })
}
