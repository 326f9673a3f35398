import type { Verdict } from '../conformance/rule.ts'
import type { Encoder } from '../encoders/encoder.ts'
import { TargetError } from '../errors.ts'
import { nowMs } from '../measure/clock.ts'
import { HealthMonitor } from '../measure/health.ts'
import { StarvationWatch } from '../measure/starvation.ts'
import type { LinkFile } from '../network/link-spec.ts'
import type { LatencyRecord } from '../report/run-record.ts'
import type { BintuClient, NewStream } from '../targets/bintu-client.ts'
import type { BintuStream } from '../targets/bintu-stream.ts'
import { capabilitiesOf } from '../targets/capabilities.ts'
import type { Target, TargetStream } from '../targets/target.ts'
import { type BrowserViewer, openBrowserViewer } from '../viewers/browser-viewer.ts'
import { openH5LiveViewer } from '../viewers/h5live-viewer.ts'
import { type HlsViewerOptions, openHlsViewer } from '../viewers/hls-viewer.ts'
import { presentedLatency } from '../viewers/presented-latency.ts'
import { openProgressiveViewer } from '../viewers/progressive-viewer.ts'
import { openRtmpViewer } from '../viewers/rtmp-viewer.ts'
import type { Viewer, ViewerOptions } from '../viewers/viewer.ts'
import { browserStalls, bufferSeries } from './browser-records.ts'
import { type CrowdOptions, runCrowd } from './crowd.ts'
import { doubtOf } from './doubt.ts'
import { EncoderWatch } from './encoder-watch.ts'
import { type RuleExpectation, ruleExpectation } from './expect-rules.ts'
import { startOwnReference } from './own-reference.ts'
import type { ScenarioEnvironment, ScenarioOutcome } from './result.ts'
import type { ScenarioLink } from './scenario-link.ts'
import { idsOf, nameOf, tellLinks } from './tell-links.ts'
import { thresholdVerdict } from './threshold-verdict.ts'
import { viewerMarks } from './viewer-marks.ts'
import { linksTaken, type Seat, succession, viewerLabels } from './viewer-paths.ts'
import {
  latencyRecord,
  type MeasuredPath,
  measuredLatencies,
  startupRecord,
  viewerSeries,
} from './viewer-records.ts'
import { ingestFor, Workbench } from './workbench.ts'

const BROWSER_PATH = 'browser, glass to glass'
/** Marks of one scenario; more would not be seen. */
const MAX_MARKS = 1_000

/** Everything that a scenario may use. */
export interface ScenarioContext {
  readonly target: Target
  readonly client: BintuClient
  /** Aborts when the scenario's time is over. */
  readonly signal: AbortSignal
  /** For random choices, so that a run can be repeated. */
  readonly seed: number
  createStream(options?: NewStream): Promise<BintuStream>
  /** An impaired link, by its preset, by a file, or described here; closed with the scenario. */
  link(presetOrSpec: string | LinkFile): ScenarioLink
  /** Publishes; resolves when the target said that the stream is live. */
  encoder(
    profile: string,
    options: { to: TargetStream; url?: string; ca?: string; through?: ScenarioLink },
  ): Promise<Encoder>
  readonly viewer: {
    h5live: WatchFunction
    progressive: WatchFunction
    /** LL-HLS, or HLS by whole segments with `lowLatency: false`. */
    hls(stream: TargetStream, options?: HlsViewerOptions): Viewer
    browser(stream: TargetStream, options?: { through?: ScenarioLink }): Promise<BrowserViewer>
    /** H5Live, or RTMP where the target delivers nothing else. */
    any(stream: TargetStream): Viewer
  }
  /** Lets a crowd watch a stream; its load curve goes into the report. */
  crowd(stream: TargetStream, options: CrowdOptions): ReturnType<typeof runCrowd>
  /** Families (`encoder`, `rtmp.client`, `h5live`) or ids, judged on what this scenario saw. */
  expectRules(...selectors: string[]): RuleExpectation
  /** One rule of any kind; a probed one is carried out now. */
  expectRule(id: string): RuleExpectation
  /** Thresholds in k6's grammar on a viewer's latency: `p(95)<1000ms`. */
  expectLatency(viewer: Pick<Viewer, 'latency'>, ...thresholds: string[]): void
  readonly workbench: Workbench
}

/** A link must open first, so that through one the viewer comes later. */
export interface WatchFunction {
  (stream: TargetStream, options?: ViewerOptions & { through?: undefined }): Viewer
  (stream: TargetStream, options: ViewerOptions & { through: ScenarioLink }): Promise<Viewer>
}

interface OpenOptions {
  readonly environment: ScenarioEnvironment
  readonly outcome: ScenarioOutcome
  readonly signal: AbortSignal
  /** Others run in this process at the same time. */
  readonly concurrent: boolean
  readonly ownReference: boolean
}

/** Makes the context of one scenario; `close` gathers what was measured and cleans up. */
export async function openScenario(
  options: OpenOptions,
): Promise<{ context: ScenarioContext; close(passed: boolean): Promise<void> }> {
  const { environment, outcome, signal } = options
  // Of another target there is only the one.
  const isOwn = options.ownReference && environment.target.kind === 'reference'
  const own = isOwn ? await startOwnReference() : null
  const target: Target = own?.target() ?? { ...environment.target, close: async () => {} }
  const bench = new Workbench(target, signal)
  if (own) bench.restartTarget = own.restart
  const health = new HealthMonitor({
    onlyLinks: options.concurrent,
    ...(target.reference ? { targetPid: target.reference.pid } : {}),
  })
  const starvation = target.reference && new StarvationWatch(target.reference.pid)
  const startedAt = nowMs()
  const encoderWatch = new EncoderWatch(startedAt, () => bench.encoders)
  const viewers: WatchingViewer[] = []
  /** By the name of the stream. */
  const protocols = new Map<string, string>()
  /** What each stream was published through, by its name. */
  const uplinks = new Map<string, ScenarioLink>()
  const browsers: WatchingBrowser[] = []

  const add = (
    viewer: Viewer,
    name: string,
    { name: streamName }: TargetStream,
    through?: ScenarioLink,
  ) => {
    viewers.push({ viewer, name, streamName, ...(through ? { through } : {}) })
    bench.atClose(() => viewer.close())
    return viewer
  }
  const watch = (
    name: string,
    open: typeof openH5LiveViewer,
    playout: 'h5live' | 'progressive',
  ) => {
    const start = (stream: TargetStream, url: string, viewerOptions: ViewerOptions & Through) => {
      const { through, ...rest } = viewerOptions
      return add(open(url, { signal, ...rest }), name, stream, through)
    }
    return ((stream: TargetStream, viewerOptions: ViewerOptions & Through = {}) => {
      const { through } = viewerOptions
      const url = stream.playout[playout]
      return through
        ? through.through(url, 'delivery').then((linked) => start(stream, linked, viewerOptions))
        : start(stream, url, viewerOptions)
    }) as WatchFunction
  }
  const evidence = { bench, viewers }
  const context: ScenarioContext = {
    target: bench.target,
    get client() {
      return bench.client
    },
    signal,
    seed: environment.seed,
    workbench: bench,
    createStream: (streamOptions) => bench.createStream(streamOptions),
    link(presetOrSpec) {
      const link = bench.link(presetOrSpec, environment.seed + bench.links.length)
      outcome.link = idsOf(bench.links)
      return link
    },
    async encoder(profile, { to, url, ca, through }) {
      outcome.profile ??= profile
      const protocol = protocolOf(url ?? ingestFor(profile, to))
      outcome.protocol ??= protocol
      protocols.set(to.name, protocol)
      if (through) uplinks.set(to.name, through)
      const linked = through ? await through.through(url ?? ingestFor(profile, to), 'ingest') : url
      return bench.publish(to, {
        profile,
        ...(linked ? { url: linked } : {}),
        ...(through ? { ahead: through.link } : {}),
        ...(ca ? { ca } : {}),
      })
    },
    viewer: {
      h5live: watch('H5Live', openH5LiveViewer, 'h5live'),
      progressive: watch('progressive', openProgressiveViewer, 'progressive'),
      hls(stream, viewerOptions = {}) {
        const { hls } = stream.playout
        if (hls === undefined) {
          throw new TargetError('LP_VIEWER_HTTP', 'the target names no HLS address')
        }
        const name = viewerOptions.lowLatency === false ? 'HLS' : 'LL-HLS'
        return add(openHlsViewer(hls, { signal, ...viewerOptions }), name, stream)
      },
      any(stream) {
        if (capabilitiesOf(target).formats.includes('h5live'))
          return add(openH5LiveViewer(stream.playout.h5live, { signal }), 'H5Live', stream)
        return add(openRtmpViewer(stream.playout.rtmp, { signal }), 'RTMP', stream)
      },
      async browser(stream, { through } = {}) {
        const viewer = through
          ? await openBrowserViewer(...(await seenThrough(through, target, stream)), { signal })
          : await openBrowserViewer(target, stream, { signal })
        browsers.push({ browser: viewer, streamName: stream.name, through })
        bench.atClose(() => viewer.close())
        return viewer
      },
    },
    crowd: (stream, crowdOptions) =>
      runCrowd(stream, crowdOptions, { bench, outcome, startedAt, seed: environment.seed }),
    expectRules: (...selectors) => ruleExpectation(selectors, evidence, outcome),
    expectRule: (id) => ruleExpectation([id], evidence, outcome),
    expectLatency(viewer, ...thresholds) {
      for (const text of thresholds) thresholdVerdict(text, viewer.latency, outcome)
    },
  }

  return {
    context,
    async close(passed) {
      const span = { startedAt, until: nowMs() }
      for (const [index, { id, open }] of bench.links.entries()) {
        const name = nameOf(id, index, bench.links.length)
        for (const link of open) health.addDeliveries(`${name} ${link.protocol}`, link.stats())
      }
      const recorded = tellLinks(bench.links, { outcome, span, runDir: environment.runDir })
      const wayOf = (streamName: string, downlink?: ScenarioLink) => {
        const protocol = protocols.get(streamName)
        const uplink = uplinks.get(streamName)
        return { protocol, links: linksTaken({ uplink, downlink, protocol }, recorded) }
      }
      const labels = viewerLabels(viewers, uplinks, bench.links.length)
      const successions = succession(viewers, labels, span)
      for (const [index, { viewer, streamName, through }] of viewers.entries()) {
        const label = labels[index]!
        for (const [from, latency] of measuredLatencies(viewer)) {
          outcome.latency.push({
            ...latencyRecord(
              {
                ...{ path: label, from, to: 'received' },
                lost: viewer.stats.lost,
                ...wayOf(streamName, through),
              },
              latency,
            ),
            ...successions[index],
          })
          // What an encoder says by its own wall clock is told, and judges nothing.
          if (from !== 'composed') continue
          for (const text of environment.thresholds) thresholdVerdict(text, latency, outcome)
          health.addClock(latency)
        }
        const startup = startupRecord(label, viewer)
        if (startup) outcome.startup.push(startup)
        outcome.series.push(...viewerSeries(label, viewer.record, startedAt))
        outcome.marks.push(...viewerMarks(label, viewer.record, span))
      }
      outcome.latency.push(...glassToGlass(browsers, viewers, wayOf))
      for (const { browser } of browsers) {
        outcome.series.push(...bufferSeries(BROWSER_PATH, browser.presented, span))
        outcome.marks.push(...browserStalls(BROWSER_PATH, browser.presented, span))
      }
      for (const { encoder } of bench.encoders)
        health.addSends({ sent: encoder.stats.framesSent, late: encoder.stats.lateSends })
      const sent = encoderWatch.finish()
      outcome.series.push(...sent.series)
      outcome.marks = [...outcome.marks, ...sent.marks]
        .sort((a, b) => a.at - b.at)
        .slice(0, MAX_MARKS)
      const { causes, figures } = await health.stop()
      outcome.health = figures
      // A crowd's threads know about themselves, and their figures are judged with that.
      const measured =
        viewers.some(({ viewer }) => measuredLatencies(viewer).length > 0) ||
        bench.links.some(({ open }) => open.length > 0)
      const broke = !passed && outcome.claimed !== 'skipped'
      const failed = broke || outcome.verdicts.some(isFailure)
      const starved = (await starvation?.stop()) ?? 0
      const doubt = doubtOf({ causes, starved, failed, measured })
      if (doubt !== null) {
        outcome.claimed = 'invalid'
        outcome.reason = doubt
      }
      await bench.close()
      await own?.close()
    },
  }
}

/** The same target and stream, as a browser behind the link sees them: the page itself goes through it. */
async function seenThrough(
  link: ScenarioLink,
  target: Target,
  stream: TargetStream,
): Promise<[Target, TargetStream]> {
  const { reference } = target
  const h5live = await link.through(stream.playout.h5live, 'delivery')
  return [
    reference
      ? {
          ...target,
          reference: { ...reference, player: await link.through(reference.player, 'delivery') },
        }
      : target,
    { ...stream, playout: { ...stream.playout, h5live } },
  ]
}

/** WHIP's addresses are HTTP's. */
function protocolOf(url: string): string {
  const scheme = url.split(':')[0] ?? 'rtmp'
  return scheme.startsWith('http') ? 'whip' : scheme
}

interface Through {
  readonly through?: ScenarioLink | undefined
}

interface WatchingViewer extends Seat {
  readonly viewer: Viewer
}

interface WatchingBrowser {
  readonly browser: BrowserViewer
  readonly streamName: string
  readonly through: ScenarioLink | undefined
}

/** A browser's latency is known where a viewer in code recorded the stamps of the same stream. */
function glassToGlass(
  browsers: readonly WatchingBrowser[],
  viewers: readonly WatchingViewer[],
  wayOf: (streamName: string, downlink?: ScenarioLink) => Pick<MeasuredPath, 'protocol' | 'links'>,
): LatencyRecord[] {
  return browsers.flatMap(({ browser, streamName, through }) => {
    const beside = viewers.find((watching) => watching.streamName === streamName)
    if (!beside) return []
    const { latency } = presentedLatency(browser, beside.viewer.record)
    if (latency.count === 0) return []
    const way = wayOf(streamName, through)
    return [latencyRecord({ path: BROWSER_PATH, to: 'presented', lost: 0, ...way }, latency)]
  })
}

function isFailure({ outcome }: Verdict): boolean {
  return outcome === 'fail'
}
