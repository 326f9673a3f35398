import { z } from 'zod'

const ms = z.number().min(0).max(3_600_000)
const probability = z.number().min(0).max(1)
const count = z.int().min(0)

const jitterSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('uniform'),
    /** Added delay lies in 0…ms. */
    ms,
    reorder: z.boolean().default(false),
  }),
  z.strictObject({
    kind: z.literal('normal'),
    /** Added delay is |N(0, sigmaMs)|: jitter only ever delays. */
    sigmaMs: ms,
    reorder: z.boolean().default(false),
  }),
  z.strictObject({
    kind: z.literal('pareto'),
    /** Added delay is scale·(U^(−1/shape) − 1), a Lomax tail from 0, cut at maxMs. */
    scaleMs: ms,
    shape: z.number().min(0.5).max(100),
    maxMs: ms.default(1_000),
    reorder: z.boolean().default(false),
  }),
])

const lossSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('bernoulli'), p: probability }),
  z.strictObject({
    kind: z.literal('gilbert-elliott'),
    /** Chance per packet to go from the good state to the bad one, and back. */
    toBad: probability,
    toGood: probability,
    lossGood: probability.default(0),
    lossBad: probability.default(1),
  }),
  /** Exactly these packets, counted from 0 in each direction. */
  z.strictObject({ kind: z.literal('indices'), indices: z.array(count).max(100_000) }),
  /** Packets `first`, `first + every`, … */
  z.strictObject({ kind: z.literal('periodic'), every: z.int().min(1), first: count.default(0) }),
])

const queueSchema = z.strictObject({
  /** Drop-tail: bytes that may wait. */
  bytes: z.int().min(1).optional(),
  /** Drop-tail: what may wait, as ms at the rate of the moment. Not with a Mahimahi trace. */
  ms: ms.optional(),
  /** RFC 8289, beside the limits above. */
  codel: z.strictObject({ targetMs: ms.default(5), intervalMs: ms.default(100) }).optional(),
})

/** What one direction does to packets. A field that is not given does nothing. */
export const settingsSchema = z.strictObject({
  /** One way. */
  delayMs: ms.default(0),
  jitter: jitterSchema.nullable().default(null),
  loss: z.array(lossSchema).max(8).default([]),
  /** A copy arrives `afterMs` after the original. */
  duplicate: z
    .strictObject({ p: probability, afterMs: ms.default(0) })
    .nullable()
    .default(null),
  /** The packet is held back by `byMs`, so that later ones overtake it. */
  reorder: z.strictObject({ p: probability, byMs: ms }).nullable().default(null),
  /** One bit is flipped. TCP's checksum makes it a loss. */
  corrupt: z.strictObject({ p: probability }).nullable().default(null),
  /** kbit/s of IP packets, headers included; null for no limit, 0 for standstill. */
  rateKbps: z.number().min(0).max(100_000_000).nullable().default(null),
  queue: queueSchema.default({ ms: 200 }),
  /** Bytes of the largest IP packet; larger ones are dropped. TCP keeps its segments below it. */
  mtu: z.int().min(68).max(65_535).nullable().default(null),
  /** Nothing gets in; what is queued waits. */
  blackout: z.boolean().default(false),
})

export type Settings = z.infer<typeof settingsSchema>
export type Jitter = z.infer<typeof jitterSchema>
export type Loss = z.infer<typeof lossSchema>
export type Queue = z.infer<typeof queueSchema>

/** Fields of settings that change; the others stay. */
export const settingsChangeSchema = z.strictObject({
  delayMs: ms.optional(),
  jitter: jitterSchema.nullable().optional(),
  loss: z.array(lossSchema).max(8).optional(),
  duplicate: z
    .strictObject({ p: probability, afterMs: ms.default(0) })
    .nullable()
    .optional(),
  reorder: z.strictObject({ p: probability, byMs: ms }).nullable().optional(),
  corrupt: z.strictObject({ p: probability }).nullable().optional(),
  rateKbps: z.number().min(0).max(100_000_000).nullable().optional(),
  queue: queueSchema.optional(),
  mtu: z.int().min(68).max(65_535).nullable().optional(),
  blackout: z.boolean().optional(),
})

export type SettingsChange = z.infer<typeof settingsChangeSchema>

/** A change at a time. With `rampMs`, delay, rate and Bernoulli loss get there in a straight line. */
export const stepSchema = z.strictObject({
  atMs: ms,
  rampMs: ms.optional(),
  set: settingsChangeSchema,
})

export type Step = z.infer<typeof stepSchema>

const traceSchema = z.strictObject({
  /** File beside the link's own. */
  file: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'must be a file beside the link'),
  format: z.enum(['mahimahi', 'csv']),
  loop: z.boolean().default(true),
})

export const directionSchema = settingsSchema.extend({
  /** Changes over time, from when the link opens. */
  schedule: z.array(stepSchema).max(10_000).default([]),
  /** The schedule starts anew every `loopMs`. */
  loopMs: z.number().min(100).max(86_400_000).nullable().default(null),
  trace: traceSchema.nullable().default(null),
})

export type DirectionSpec = z.infer<typeof directionSchema>

/** Where figures come from. */
const sourceSchema = z.strictObject({
  /** Fields: `up.rateKbps`, `down.loss`, `both.delayMs`, … */
  fields: z.array(z.string().regex(/^(up|down|both)\.[a-zA-Z]+$/)).min(1),
  kind: z.enum(['measured', 'standard', 'tool', 'assumed']),
  /** What was measured, by whom, or the reason for the assumption. */
  source: z.string().min(1),
  url: z.url().optional(),
})

/** A link as data: `fixtures/links/<id>.json`, or a user's own file. */
export const linkSchema = z.strictObject({
  schema: z.literal('liveproof/link@1'),
  id: z.string().regex(/^[a-z0-9][a-z0-9.-]*$/),
  /** One sentence. */
  summary: z.string().min(1),
  /** From the client to the server. */
  up: directionSchema.prefault({}),
  /** From the server to the client. */
  down: directionSchema.prefault({}),
  sources: z.array(sourceSchema).default([]),
})

export type LinkSpec = z.infer<typeof linkSchema>
/** As it stands in a file, defaults not filled in. */
export type LinkFile = z.input<typeof linkSchema>
