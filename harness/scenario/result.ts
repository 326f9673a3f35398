import type { Verdict } from '../conformance/rule.ts'
import type {
  Health,
  LatencyRecord,
  LinkRecord,
  LoadRecord,
  MarkRecord,
  ScenarioRecord,
  SeriesRecord,
  StartupRecord,
} from '../report/run-record.ts'

/**
 * What a scenario leaves behind in its worker for the reporter in the parent process.
 * It travels in vitest's task metadata, so it is plain data.
 */
export interface ScenarioOutcome {
  profile?: string
  protocol?: string
  /** Ids of the links that it used. */
  link?: string
  claimed?: 'skipped' | 'invalid'
  reason?: string
  verdicts: Verdict[]
  latency: LatencyRecord[]
  startup: StartupRecord[]
  series: SeriesRecord[]
  links: LinkRecord[]
  marks: MarkRecord[]
  /** Of its crowd. */
  load?: LoadRecord
  artifacts: ScenarioRecord['artifacts']
  /** Figures of the harness's own health in this scenario. */
  health: Health['figures']
}

export function emptyOutcome(): ScenarioOutcome {
  return {
    verdicts: [],
    latency: [],
    startup: [],
    series: [],
    links: [],
    marks: [],
    artifacts: [],
    health: [],
  }
}

declare module 'vitest' {
  interface TaskMeta {
    liveproof?: ScenarioOutcome
  }
  interface ProvidedContext {
    liveproof: ScenarioEnvironment
  }
}

/** What the parent process tells every worker; plain data. */
export interface ScenarioEnvironment {
  target: TargetDescription
  seed: number
  /** In k6's grammar, held against every viewer's latency. */
  thresholds: string[]
  /** Folder of this run, for artifacts. */
  runDir: string
}

/** A target without its functions. */
export type TargetDescription = Pick<
  import('../targets/target.ts').Target,
  'name' | 'kind' | 'api' | 'apiKey' | 'reference' | 'peer' | 'edges'
>
