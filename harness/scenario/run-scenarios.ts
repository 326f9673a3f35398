import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createVitest } from 'vitest/node'
import { EnvironmentError } from '../errors.ts'
import type { RunRecord } from '../report/run-record.ts'
import type { RunWriter } from '../report/run-writer.ts'
import type { ReferenceTarget } from '../targets/reference.ts'
import type { Target } from '../targets/target.ts'
import type { ScenarioFile } from './find-scenarios.ts'
import { type ReporterEvents, ScenarioReporter } from './reporter.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** How long a scenario may go on after the user said stop, ms. */
const ABORT_GRACE_MS = 1_500

export interface RunScenariosOptions {
  readonly scenarios: readonly ScenarioFile[]
  readonly target: Target | ReferenceTarget
  readonly seed: number
  readonly thresholds: readonly string[]
  readonly writer: RunWriter
  readonly events: ReporterEvents
  /** Ids: only these scenarios of the files, and each with nothing beside it. */
  readonly alone?: ReadonlySet<string>
  /** Aborting it ends the run early; the record says why. */
  readonly signal: AbortSignal
}

/** Files at once, of those whose scenarios judge no time that neighbours could spoil. */
const FILES_TOGETHER = 2

/** Scenarios at once, of a file whose scenarios judge no such time. */
const MOST_CONCURRENT = 8

/**
 * Runs scenarios one file after the other, so that they do not disturb each other's measurements
 * (after those that say that they cannot be disturbed, which run together),
 * and leaves a complete record even when it is cut short or the target crashes. After an abort the
 * caller must end the process, because workers may still be busy.
 */
export async function runScenarios(options: RunScenariosOptions): Promise<Readonly<RunRecord>> {
  const { target, writer, signal, alone } = options
  const { name, kind, api, apiKey, reference, peer, edges } = target
  const isTogether = (file: ScenarioFile) => !alone && isUndisturbed(file)
  const [onLinks, offLinks] = [true, false].map((links) =>
    options.scenarios.filter((file) => isTogether(file) && hasLinks(file) === links),
  ) as [ScenarioFile[], ScenarioFile[]]
  const acceptSignalHandlers = refuseSignalHandlers()
  const vitest = await createVitest(
    {
      config: false,
      root,
      watch: false,
      projects: [
        // Apart from the others, whose browsers would keep links from their times.
        ...Object.entries({ 'together on links': onLinks, together: offLinks }).map(
          ([name, files]) => ({
            name,
            files,
            workers: FILES_TOGETHER,
            concurrent: MOST_CONCURRENT,
          }),
        ),
        {
          name: 'one by one',
          files: options.scenarios.filter((file) => !isTogether(file)),
          workers: 1,
          concurrent: alone ? 1 : MOST_CONCURRENT,
        },
      ]
        .map(group)
        .filter(({ test: { include } }) => include.length > 0),
      reporters: [new ScenarioReporter(writer, root, options.events, alone)],
      ...(alone ? { testNamePattern: patternOf(alone) } : {}),
      passWithNoTests: false,
      provide: {
        liveproof: {
          target: {
            name,
            kind,
            api,
            apiKey,
            ...(reference ? { reference } : {}),
            ...(peer ? { peer } : {}),
            ...(edges ? { edges } : {}),
          },
          seed: options.seed,
          thresholds: [...options.thresholds],
          runDir: writer.dir,
        },
      },
    },
    { logLevel: 'error' },
  )
  const cancel = () => void vitest.cancelCurrentRun('keyboard-input')
  const onAbort = () => {
    writer.interrupt('signal', String(signal.reason))
    cancel()
  }
  if (signal.aborted) onAbort()
  else signal.addEventListener('abort', onAbort, { once: true })
  let finished = false
  if ('exited' in target)
    void target.exited.then(({ code, signal: killedBy, lastWords }) => {
      if (finished || signal.aborted) return
      writer.interrupt('target-crashed', `${killedBy ?? `exit code ${code}`}: ${lastWords.trim()}`)
      cancel()
    })
  try {
    if (!signal.aborted) await Promise.race([vitest.start(), afterAbort(signal)])
  } catch (error) {
    writer.interrupt('harness-error', (error as Error).message)
    throw new EnvironmentError('LP_VITEST', `the scenarios could not be run: ${error}`)
  } finally {
    finished = true
    acceptSignalHandlers()
    await Promise.race([vitest.close(), afterAbort(signal)])
    // Vitest sets this for its own command line; our exit code comes from the summary.
    process.exitCode = 0
  }
  return writer.finish()
}

interface Group {
  readonly name: string
  readonly files: readonly ScenarioFile[]
  /** Files at once. */
  readonly workers: number
  /** Scenarios at once, of a file that allows it. */
  readonly concurrent: number
}

/** Groups run one after the other. */
function group({ name, files, workers, concurrent }: Group, order: number) {
  return {
    extends: true as const,
    test: {
      name,
      include: files.map(({ path }) => path),
      pool: 'forks' as const,
      maxWorkers: workers,
      isolate: false,
      sequence: { groupOrder: order },
      maxConcurrency: concurrent,
      testTimeout: 60_000,
      hookTimeout: 20_000,
      expect: { poll: { timeout: 10_000 } },
    },
  }
}

function hasLinks({ path }: ScenarioFile): boolean {
  return /\blink\(/.test(readFileSync(path, 'utf8'))
}

/** Every scenario of the file says that it may run beside others. */
function isUndisturbed({ path }: ScenarioFile): boolean {
  const text = readFileSync(path, 'utf8')
  const count = (pattern: RegExp) => text.match(pattern)?.length ?? 0
  return count(/\bconcurrent: true\b/g) >= count(/^scenario(\.each)?\(/gm)
}

/** Titles of scenarios, by their ids. */
function patternOf(ids: ReadonlySet<string>): RegExp {
  const titles = [...ids].map((id) => RegExp.escape(id.slice(id.indexOf('#') + 1)))
  return new RegExp(`^(?:${titles.join('|')})$`)
}

/** Settles a little after the run was aborted: what takes longer to end is left behind. */
function afterAbort(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const settle = () => setTimeout(resolve, ABORT_GRACE_MS)
    if (signal.aborted) settle()
    else signal.addEventListener('abort', settle, { once: true })
  })
}

/**
 * Vitest ends the process at once on a signal; we have a report to complete first. A handler that
 * it adds is taken away before any signal can reach it.
 */
function refuseSignalHandlers(): () => void {
  const refuse = (event: string | symbol, listener: (...args: unknown[]) => void) => {
    if (event === 'SIGINT' || event === 'SIGTERM')
      queueMicrotask(() => process.off(event, listener))
  }
  process.on('newListener', refuse)
  return () => process.off('newListener', refuse)
}
