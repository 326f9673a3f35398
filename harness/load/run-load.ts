import { relative } from 'node:path'
import pc from 'picocolors'
import { findRule } from '../conformance/registry.ts'
import { loadProfile } from '../encoders/load-profile.ts'
import { TargetError } from '../errors.ts'
import { HealthMonitor } from '../measure/health.ts'
import { describeHost } from '../report/host.ts'
import { renderReports } from '../report/render.ts'
import type { RunRecord } from '../report/run-record.ts'
import { RunWriter } from '../report/run-writer.ts'
import { summaryText } from '../report/terminal.ts'
import { programVersions, toolVersion } from '../report/versions.ts'
import { Workbench } from '../scenario/workbench.ts'
import { NotOffered } from '../targets/not-offered.ts'
import { openTarget } from '../targets/open-target.ts'
import type { ReferenceTarget } from '../targets/reference.ts'
import type { Target, TargetStream } from '../targets/target.ts'
import type { LoadBudget } from './budget.ts'
import { engineFor } from './engines.ts'
import { LoadGathering } from './gathering.ts'
import { openKinds } from './kinds.ts'
import { LoadView } from './load-view.ts'
import type { MixPart } from './mix.ts'
import { requireOwnHosts } from './own-host.ts'
import { openPlaces } from './places.ts'
import { loadScenario } from './scenario-result.ts'
import { stagesOf } from './stages.ts'

export interface LoadOptions {
  readonly viewers: number
  /** s */
  readonly ramp: number
  /** s that each plateau is measured for */
  readonly duration: number
  /** Plateaus on the way up; more than one looks for the knee. */
  readonly steps: number
  readonly mix: readonly MixPart[]
  readonly arrival: 'even' | 'poisson'
  /** s; mean */
  readonly stay?: number
  /** Each publishes a stream of its own. */
  readonly encoders: number
  readonly profile: string
  /** Clip instead of the profile's. */
  readonly video?: string
  readonly budget: LoadBudget
  readonly engine: string
  readonly threads?: number
  readonly target: string
  readonly ownHosts: readonly string[]
  readonly seed: number
  readonly out: string
  readonly command: string
}

/**
 * One load test from start to report. Ctrl-C ends it early, with a report of what was measured.
 * @throws UsageError `LP_LOAD_NOT_OWN` before anything is sent to a target that is not one's own
 */
export async function runLoad(options: LoadOptions): Promise<Readonly<RunRecord>> {
  loadProfile(options.profile)
  const engine = engineFor(options.engine, options.threads ? { threads: options.threads } : {})
  engine.prepare?.((line) => console.error(`liveproof: ${line}`))
  const target = await openTarget(options.target)
  const interrupted = new AbortController()
  const onSignal = (signal: NodeJS.Signals) => interrupted.abort(signal)
  try {
    requireOwnHosts([target.api], options.ownHosts)
    process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
    const writer = new RunWriter({
      out: options.out,
      seed: options.seed,
      command: options.command,
      target: { name: target.name, kind: target.kind, api: target.api },
      host: describeHost(),
      tool: toolVersion(),
      versions: programVersions(),
      ruleCard: findRule,
    })
    watchCrash(target, writer, interrupted)
    await carryOut({ options, engine, target, writer, interrupted })
    if (interrupted.signal.aborted && !writer.record.run.interrupted)
      writer.interrupt('signal', String(interrupted.signal.reason))
    const record = writer.finish()
    const files = await renderReports(writer.dir)
    const colours = pc.createColors(process.stdout.isTTY === true && pc.isColorSupported)
    console.log(summaryText(record, relative(process.cwd(), files.html), colours))
    return record
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
    await target.close()
  }
}

interface Parts {
  readonly options: LoadOptions
  readonly engine: ReturnType<typeof engineFor>
  readonly target: Target
  readonly writer: RunWriter
  readonly interrupted: AbortController
}

async function carryOut({ options, engine, target, writer, interrupted }: Parts): Promise<void> {
  const { signal } = interrupted
  // Encoders go on until the viewers are gone: a cut must not look like the target's doing.
  const bench = new Workbench(target, new AbortController().signal)
  const health = new HealthMonitor(target.reference ? { targetPid: target.reference.pid } : {})
  const view = new LoadView(process.stdout)
  const gathering = new LoadGathering(options.budget)
  const startedAt = performance.now()
  let error: { code: string; message: string } | undefined
  let lacking: string | undefined
  try {
    const streams = await publish(bench, options)
    const places = await openPlaces(bench, options)
    const kinds = await openKinds({ bench, streams, places, ...options })
    const stages = stagesOf(options)
    view.begin(stages, kinds, engine.id)
    const own = target.reference ? [target.reference.pid] : []
    await gathering.begin([...own, ...places.pids])
    const result = await engine.run({
      kinds,
      stages,
      arrival: options.arrival,
      ...(options.stay === undefined ? {} : { stayMs: options.stay * 1000 }),
      seed: options.seed,
      budget: options.budget,
      signal,
      onLook: (look) => {
        gathering.look(look)
        view.look(look, gathering.use)
      },
      onStage: async (stage) => {
        const judged = await gathering.stage(stage)
        view.stage(judged)
        return judged.verdict.outcome === 'within'
      },
    })
    gathering.end(result)
  } catch (thrown) {
    if (thrown instanceof TargetError) error = { code: thrown.code, message: thrown.message }
    else if (thrown instanceof NotOffered) lacking = thrown.message
    else if (!signal.aborted) throw thrown
  } finally {
    view.end()
    for (const { encoder } of bench.encoders)
      health.addSends({ sent: encoder.stats.framesSent, late: encoder.stats.lateSends })
    const judged = await health.stop()
    const { claimed, reason, ...scenario } = loadScenario({
      ...{ options, gathering, engine: engine.id },
      health: judged,
    })
    // What the target did wrong, or does not have, is the reason that nothing was measured.
    const claim = lacking
      ? { claimed: 'skipped' as const, reason: lacking }
      : claimed && reason && !error
        ? { claimed, reason }
        : {}
    writer.noteHealth([...judged.figures, ...gathering.engineFigures])
    writer.scenario({
      ...scenario,
      ...claim,
      durationMs: performance.now() - startedAt,
      ...(error ? { error } : {}),
    })
    await bench.close()
  }
}

/** Streams of encoders that go on until the bench is closed. */
export async function publish(
  bench: Workbench,
  options: Pick<LoadOptions, 'encoders' | 'profile' | 'video' | 'ownHosts'>,
): Promise<TargetStream[]> {
  const streams: TargetStream[] = []
  for (let i = 0; i < options.encoders; i++) {
    const stream = await bench.createStream({ tags: ['liveproof-load'] })
    const { h5live, progressive, hls } = stream.playout
    const addresses = [stream.ingest.rtmp, h5live, progressive, ...(hls ? [hls] : [])]
    requireOwnHosts(addresses, options.ownHosts)
    const { profile, video } = options
    await bench.publish(stream, { profile, ...(video ? { video } : {}) })
    streams.push(stream)
  }
  return streams
}

/** A reference that dies under load is a finding, not a riddle. */
function watchCrash(target: Target, writer: RunWriter, interrupted: AbortController): void {
  if (!('exited' in target)) return
  const { exited } = target as ReferenceTarget
  void exited.then(({ code, signal, lastWords }) => {
    if (writer.record.run.finishedAt || interrupted.signal.aborted) return
    writer.interrupt('target-crashed', `${signal ?? `exit code ${code}`}: ${lastWords.trim()}`)
    interrupted.abort('target-crashed')
  })
}
