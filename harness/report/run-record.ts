import { z } from 'zod'

/**
 * The run record, `report.json`: everything that a run found out, in one file that stands alone.
 * All other forms of the report are made from it. `docs/report.schema.json` is generated from here.
 */
export const runRecordSchema = 'liveproof/report@1'

const ms = z.number().min(0)
const count = z.int().min(0)

export const outcomeSchema = z.enum(['pass', 'warn', 'fail', 'info', 'skipped', 'invalid'])
export const scenarioStatusSchema = z.enum(['pass', 'warn', 'fail', 'skipped', 'invalid'])
const levelSchema = z.enum(['must', 'should', 'info'])

const evidenceSchema = z.object({
  note: z.string().describe('What was seen, one line.'),
  at: z.number().optional().describe('ms since the session or the recording began'),
  frame: count.optional().describe('Frame number in its track, from 0.'),
  bytes: z.string().max(128).optional().describe('Hex, at most 64 bytes.'),
})

export const verdictSchema = z.object({
  rule: z.string().min(1).describe('Key into `rules`.'),
  level: levelSchema,
  outcome: outcomeSchema,
  expected: z.string(),
  actual: z.string().describe('For `skipped`: the reason.'),
  evidence: z.array(evidenceSchema),
  caught: z
    .literal(true)
    .optional()
    .describe('The rule was broken, as the scenario wanted: a pass of the scenario.'),
})

export const latencySchema = z.object({
  path: z.string().min(1).describe('What was measured, for example `h5live viewer 1`.'),
  protocol: z.string().optional().describe('Over which the encoder published that it watched.'),
  links: z
    .array(z.string())
    .optional()
    .describe('Names of the links that its frames took; empty where they took none.'),
  after: z
    .string()
    .optional()
    .describe('Path of the viewer in whose place this one came when that was ended.'),
  missed: count
    .optional()
    .describe('Frames between the last one of that viewer and its own first.'),
  from: z
    .string()
    .describe(
      'Stage where the clock starts: composed, received or presented; `composed (BPM)` is what OBS says by the wall clock of its machine, and by how much that is off this one’s is not in `errorBoundMs`.',
    ),
  to: z.string().describe('Stage where the clock stops.'),
  count: count.describe('Samples.'),
  lost: count.describe('Frames that never arrived, as far as stamps number them.'),
  p50: z.number().describe('ms, like all figures here'),
  p95: z.number(),
  p99: z.number(),
  max: z.number(),
  errorBoundMs: ms.describe('The true value lies within ± this of each figure.'),
  histogram: z
    .string()
    .optional()
    .describe('HDR histogram of µs, V2, deflated, base64; may be merged with others.'),
  buckets: z
    .array(z.tuple([z.number(), count]))
    .optional()
    .describe('[upper edge in ms, samples in it], ascending.'),
})

const startupSchema = z.object({
  viewer: z.string().min(1),
  stages: z
    .array(z.object({ name: z.string(), ms: ms.describe('Duration of this stage alone.') }))
    .describe('In the order in which they happened.'),
})

const seriesSchema = z.object({
  name: z.string().min(1),
  unit: z.string(),
  kind: z
    .enum(['latency', 'sent', 'received', 'rate', 'buffer', 'queue'])
    .optional()
    .describe('Which chart it belongs into: sent, received and rate (of a link) share one.'),
  of: z.string().optional().describe('The encoder, viewer or link that it was measured at.'),
  points: z
    .array(z.tuple([z.number(), z.number()]))
    .describe('[ms since the scenario began, value], ascending.'),
})

const directionSchema = z.object({
  offered: count.describe('Packets, like all counts here; over TCP, segments.'),
  offeredBytes: count,
  delivered: count,
  deliveredBytes: count,
  duplicated: count,
  corrupted: count,
  reordered: count,
  dropped: z.record(z.string(), count).describe('By cause.'),
  delay: z.object({
    count,
    p50: ms,
    p95: ms,
    p99: ms,
    max: ms,
    histogram: z.string().optional().describe('As that of a latency.'),
  }),
  maxQueueBytes: count.describe('Its course over time is a series of the kind `queue`.'),
})

const bandSchema = z.object({
  from: z.number().describe('ms since the scenario began, like every time of links and marks'),
  to: z.number(),
  way: z.enum(['up', 'down', 'both']).describe('Up is from the client to the server.'),
  kind: z
    .enum(['blackout', 'half-open', 'rate', 'loss', 'delay', 'other', 'eased'])
    .describe('What differed from how the link began; eased: it was better.'),
  label: z.string(),
  origin: z
    .enum(['link', 'scenario'])
    .describe('Whether the schedule of the link itself says so, or the scenario did it.'),
})

const linkSchema = z.object({
  name: z.string().min(1),
  preset: z.string().describe('Id of the preset, or of the description.'),
  seed: z.int(),
  protocol: z.enum(['tcp', 'udp']),
  role: z.enum(['ingest', 'delivery', 'both']).describe('What went through it.'),
  from: z.number().describe('When it opened.'),
  to: z.number(),
  state: z.object({ up: z.string(), down: z.string() }).describe('How it began, in words.'),
  up: directionSchema,
  down: directionSchema,
  bands: z.array(bandSchema).describe('Stretches in which it was otherwise than at first.'),
})

const markSchema = z.object({
  at: z.number(),
  until: z.number().optional().describe('Where it lasted.'),
  kind: z.enum(['reconnect', 'stall', 'discontinuity', 'drop', 'reset', 'rebind', 'status', 'end']),
  label: z.string(),
  of: z.string().describe('The encoder, viewer or link that it happened to.'),
})

const artifactSchema = z.object({
  name: z.string().min(1),
  path: z.string().describe('Relative to the folder of the report.'),
  kind: z.string().describe('recording, log, screenshot, …'),
})

const deviceSchema = z.object({
  name: z.string().min(1),
  version: z.string().optional(),
  facts: z
    .array(z.object({ name: z.string(), value: z.string(), from: z.string() }))
    .describe('What it said or did, and where that was read.'),
})

const reactionSchema = z.object({
  what: z.string(),
  at: z.number().optional().describe('ms since the scenario began; absent where it was not done'),
  text: z.string().describe('What was done to the encoder.'),
  reaction: z.string().describe('What it did then, or why it was not done.'),
})

const useSchema = z.object({
  cpu: z.number().describe('Cores: 1.5 is one and a half.'),
  rssBytes: count,
})

const loadStageSchema = z.object({
  viewers: count.describe('That were wanted.'),
  playing: count.describe('That had pictures at the end.'),
  seconds: z.number().describe('That it was measured for.'),
  outcome: z.enum(['within', 'over', 'invalid']).describe('The budget; invalid: nobody can say.'),
  reasons: z.array(z.string()).describe('What was over, or why nobody can say.'),
  frames: count,
  lost: count,
  p50: z.number().describe('ms, like all latencies here'),
  p99: z.number(),
  max: z.number(),
  stalledShare: z.number().describe('Of the time, by the model of a player.'),
  mbps: z.number().describe('Mbit/s of media, all viewers together.'),
  firstPictureP99: z.number().describe('From when a viewer was due, those of its ramp.'),
  calls: z
    .object({
      ...{ count, failed: count },
      p50: z.number().describe('ms from sending to the end of the answer'),
      p99: z.number(),
    })
    .optional()
    .describe('Of the API, where a part of the crowd are its clients.'),
  target: useSchema.optional(),
  harness: useSchema.optional(),
})

const loadSchema = z.object({
  engine: z.string(),
  budget: z.string(),
  capacity: z.object({
    viewers: count.nullable().describe('Most that were served within the budget.'),
    bound: z
      .enum(['knee', 'at-least', 'harness'])
      .describe('Whether the next step was over it, there was none, or nobody could say.'),
    next: count.nullable(),
    limitedBy: z.array(z.string()),
    sentence: z.string(),
  }),
  stages: z.array(loadStageSchema),
})

export const scenarioRecordSchema = z.object({
  id: z.string().min(1).describe('Stable over runs: the file and the title.'),
  suite: z.string().min(1),
  title: z.string().min(1),
  file: z.string(),
  status: scenarioStatusSchema,
  durationMs: ms,
  profile: z.string().optional(),
  protocol: z.string().optional(),
  link: z.string().optional(),
  reason: z.string().optional().describe('Why it was skipped, or why it is invalid.'),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
  verdicts: z.array(verdictSchema),
  latency: z.array(latencySchema),
  startup: z.array(startupSchema),
  series: z.array(seriesSchema),
  links: z.array(linkSchema).optional().describe('The impaired links that it put in between.'),
  marks: z.array(markSchema).optional().describe('What happened when, ascending.'),
  device: deviceSchema.optional().describe('The real encoder that was judged.'),
  reactions: z.array(reactionSchema).optional().describe('What it was made to cope with.'),
  load: loadSchema.optional().describe('What a crowd of viewers got, step by step.'),
  artifacts: z.array(artifactSchema),
})

export const ruleCardSchema = z.object({
  id: z.string().min(1),
  title: z.string(),
  level: levelSchema,
  source: z.object({ document: z.string(), clause: z.string().optional() }),
  advice: z.string().optional(),
})

export const healthSchema = z.object({
  status: z.enum(['healthy', 'invalid']),
  causes: z.array(z.string()).describe('Why the harness cannot vouch for the run.'),
  figures: z.array(
    z.object({
      name: z.string(),
      value: z.number(),
      unit: z.string(),
      limit: z.number().optional().describe('Past this the run is invalid.'),
    }),
  ),
})

export const interruptionSchema = z.object({
  cause: z.enum(['signal', 'target-crashed', 'harness-error']),
  detail: z.string().describe('For example SIGINT, or the last words of the target.'),
})

export const runSchema = z.object({
  id: z.string().min(1).describe('UTC time and a random tail; sorts by time.'),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().optional(),
  durationMs: ms,
  complete: z.boolean().describe('False until every chosen scenario has ended.'),
  interrupted: interruptionSchema.optional(),
  seed: z.int(),
  command: z.string(),
  shard: z
    .object({ index: count, count, of: z.string().describe('Which choice of scenarios.') })
    .optional()
    .describe('That it is only a part of a run; counted from 1.'),
  parts: z
    .array(
      z.object({
        id: z.string(),
        startedAt: z.iso.datetime(),
        durationMs: ms,
        host: z.string(),
        shard: z.string().optional(),
      }),
    )
    .optional()
    .describe('The runs that it was merged from; the host is that of the first.'),
  target: z.object({
    name: z.string(),
    kind: z.enum(['reference', 'remote', 'peer']),
    api: z.string(),
  }),
  host: z.object({
    os: z.string(),
    kernel: z.string(),
    cpu: z.string(),
    cores: count,
    memoryMb: count,
    node: z.string(),
  }),
  tool: z.object({ name: z.string(), version: z.string(), commit: z.string().optional() }),
  versions: z.record(z.string(), z.string()).describe('ffmpeg, chromium, …'),
})

export const summarySchema = z.object({
  status: z.enum(['pass', 'warn', 'fail', 'invalid', 'empty']),
  sentence: z.string().describe('The verdict in one sentence.'),
  exitCode: z.union([z.literal(0), z.literal(1), z.literal(3)]),
  scenarios: z.record(scenarioStatusSchema, count),
  verdicts: z.record(outcomeSchema, count),
})

export const targetColumnSchema = z.object({
  name: z.string().min(1),
  kind: runSchema.shape.target.shape.kind,
  run: z.string().describe('Id of the run against this target; its report lies beside this one.'),
  status: summarySchema.shape.status,
  cells: z
    .record(
      z.string(),
      z.object({ outcome: outcomeSchema, actual: z.string().describe('Or why it was skipped.') }),
    )
    .describe('By rule: the worst of what was seen of it.'),
})

export const runRecord = z
  .object({
    schema: z.literal(runRecordSchema),
    run: runSchema,
    health: healthSchema,
    scenarios: z.array(scenarioRecordSchema),
    rules: z.record(z.string(), ruleCardSchema).describe('A card for each rule that appears.'),
    targets: z
      .array(targetColumnSchema)
      .optional()
      .describe('Every target, where the same scenarios ran against several.'),
    summary: summarySchema,
  })
  .meta({ title: 'liveproof run record' })

export type RunRecord = z.infer<typeof runRecord>
export type Run = z.infer<typeof runSchema>
export type Health = z.infer<typeof healthSchema>
export type ScenarioRecord = z.infer<typeof scenarioRecordSchema>
export type ScenarioStatus = z.infer<typeof scenarioStatusSchema>
export type LatencyRecord = z.infer<typeof latencySchema>
export type StartupRecord = z.infer<typeof startupSchema>
export type SeriesRecord = z.infer<typeof seriesSchema>
export type LinkRecord = z.infer<typeof linkSchema>
export type LinkDirectionRecord = z.infer<typeof directionSchema>
export type BandRecord = z.infer<typeof bandSchema>
export type MarkRecord = z.infer<typeof markSchema>
export type LoadRecord = z.infer<typeof loadSchema>
export type RuleCardRecord = z.infer<typeof ruleCardSchema>
export type Interruption = z.infer<typeof interruptionSchema>
export type TargetColumn = z.infer<typeof targetColumnSchema>
export type Summary = z.infer<typeof summarySchema>
