import type { Verdict } from '../conformance/rule.ts'
import type { Encoder } from '../encoders/encoder.ts'
import { HealthMonitor } from '../measure/health.ts'
import type { LatencyRecord } from '../report/run-record.ts'
import type { BintuClient } from '../targets/bintu-client.ts'
import type { BintuStream } from '../targets/bintu-stream.ts'
import type { Target, TargetStream } from '../targets/target.ts'
import { type BrowserViewer, openBrowserViewer } from '../viewers/browser-viewer.ts'
import { openH5LiveViewer } from '../viewers/h5live-viewer.ts'
import { presentedLatency } from '../viewers/presented-latency.ts'
import { openProgressiveViewer } from '../viewers/progressive-viewer.ts'
import type { Viewer, ViewerOptions } from '../viewers/viewer.ts'
import { type RuleExpectation, ruleExpectation } from './expect-rules.ts'
import { startOwnReference } from './own-reference.ts'
import type { ScenarioEnvironment, ScenarioOutcome } from './result.ts'
import { thresholdVerdict } from './threshold-verdict.ts'
import { latencyRecord, latencySeries, startupRecord } from './viewer-records.ts'
import { Workbench } from './workbench.ts'

/** Everything that a scenario may use. */
export interface ScenarioContext {
  readonly target: Target
  readonly client: BintuClient
  /** Aborts when the scenario's time is over. */
  readonly signal: AbortSignal
  /** For random choices, so that a run can be repeated. */
  readonly seed: number
  createStream(options?: { tags?: readonly string[] }): Promise<BintuStream>
  /** Publishes; resolves when the target said that the stream is live. */
  encoder(
    profile: string,
    options: { to: TargetStream; url?: string; ca?: string },
  ): Promise<Encoder>
  readonly viewer: {
    h5live(stream: TargetStream, options?: ViewerOptions): Viewer
    progressive(stream: TargetStream, options?: ViewerOptions): Viewer
    browser(stream: TargetStream): Promise<BrowserViewer>
  }
  /** Families (`encoder`, `rtmp.client`, `h5live`) or ids, judged on what this scenario saw. */
  expectRules(...selectors: string[]): RuleExpectation
  /** One rule of any kind; a probed one is carried out now. */
  expectRule(id: string): RuleExpectation
  /** Thresholds in k6's grammar on a viewer's latency: `p(95)<1000ms`. */
  expectLatency(viewer: Viewer, ...thresholds: string[]): void
  readonly workbench: Workbench
}

interface OpenOptions {
  readonly environment: ScenarioEnvironment
  readonly outcome: ScenarioOutcome
  readonly signal: AbortSignal
  readonly judgeHealth: boolean
  readonly ownReference: boolean
}

/** Makes the context of one scenario; `close` gathers what was measured and cleans up. */
export async function openScenario(
  options: OpenOptions,
): Promise<{ context: ScenarioContext; close(passed: boolean): Promise<void> }> {
  const { environment, outcome, signal } = options
  const own = options.ownReference ? await startOwnReference() : null
  const target: Target = own?.target() ?? { ...environment.target, close: async () => {} }
  const bench = new Workbench(target, signal)
  if (own) bench.restartTarget = own.restart
  const health = new HealthMonitor(target.reference ? { targetPid: target.reference.pid } : {})
  const viewers: WatchingViewer[] = []
  const browsers: WatchingBrowser[] = []

  const add = (viewer: Viewer, name: string, { name: streamName }: TargetStream) => {
    viewers.push({ viewer, name, streamName })
    bench.atClose(() => viewer.close())
    return viewer
  }
  const evidence = { bench, viewers }
  const context: ScenarioContext = {
    target,
    client: bench.client,
    signal,
    seed: environment.seed,
    workbench: bench,
    createStream: (streamOptions) => bench.createStream(streamOptions),
    encoder(profile, { to, url, ca }) {
      outcome.profile ??= profile
      outcome.protocol ??= (url ?? to.ingest.rtmp).split(':')[0] ?? 'rtmp'
      return bench.publish(to, { profile, ...(url ? { url } : {}), ...(ca ? { ca } : {}) })
    },
    viewer: {
      h5live: (stream, viewerOptions = {}) =>
        add(
          openH5LiveViewer(stream.playout.h5live, { signal, ...viewerOptions }),
          'H5Live',
          stream,
        ),
      progressive: (stream, viewerOptions = {}) =>
        add(
          openProgressiveViewer(stream.playout.progressive, { signal, ...viewerOptions }),
          'progressive',
          stream,
        ),
      async browser(stream) {
        const viewer = await openBrowserViewer(target, stream, { signal })
        browsers.push({ browser: viewer, streamName: stream.name })
        bench.atClose(() => viewer.close())
        return viewer
      },
    },
    expectRules: (...selectors) => ruleExpectation(selectors, evidence, outcome),
    expectRule: (id) => ruleExpectation([id], evidence, outcome),
    expectLatency(viewer, ...thresholds) {
      for (const text of thresholds) thresholdVerdict(text, viewer.latency, outcome)
    },
  }

  return {
    context,
    async close(passed) {
      for (const [index, { viewer, name }] of viewers.entries()) {
        const label = viewers.length === 1 ? name : `${name} ${index + 1}`
        if (viewer.latency.count > 0) {
          outcome.latency.push(
            latencyRecord({ path: label, to: 'received', lost: viewer.stats.lost }, viewer.latency),
          )
          for (const text of environment.thresholds) thresholdVerdict(text, viewer.latency, outcome)
        }
        const startup = startupRecord(label, viewer)
        if (startup) outcome.startup.push(startup)
        outcome.series.push(...latencySeries(label, viewer))
        health.addClock(viewer.latency)
      }
      outcome.latency.push(...glassToGlass(browsers, viewers))
      for (const { encoder } of bench.encoders)
        health.addSends({ sent: encoder.stats.framesSent, late: encoder.stats.lateSends })
      const judged = await health.stop()
      outcome.health = judged.figures
      // What held under an overloaded harness held; what it measured or saw fail proves nothing.
      const doubtful = outcome.latency.length > 0 || !passed || outcome.verdicts.some(isFailure)
      if (options.judgeHealth && doubtful && judged.status === 'invalid') {
        outcome.claimed = 'invalid'
        outcome.reason = `the harness was not fit to measure: ${judged.causes.join('; ')}`
      }
      await bench.close()
      await own?.close()
    },
  }
}

interface WatchingViewer {
  readonly viewer: Viewer
  readonly name: string
  readonly streamName: string
}

interface WatchingBrowser {
  readonly browser: BrowserViewer
  readonly streamName: string
}

/** A browser's latency is known where a viewer in code recorded the stamps of the same stream. */
function glassToGlass(
  browsers: readonly WatchingBrowser[],
  viewers: readonly WatchingViewer[],
): LatencyRecord[] {
  return browsers.flatMap(({ browser, streamName }) => {
    const beside = viewers.find((watching) => watching.streamName === streamName)
    if (!beside) return []
    const { latency } = presentedLatency(browser, beside.viewer.record)
    if (latency.count === 0) return []
    return [latencyRecord({ path: 'browser, glass to glass', to: 'presented', lost: 0 }, latency)]
  })
}

function isFailure({ outcome }: Verdict): boolean {
  return outcome === 'fail'
}
