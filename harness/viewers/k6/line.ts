import { z } from 'zod'

/** A viewer of a day's run has fewer buckets than this. */
const MAX_BUCKETS = 20_000
/** Kinds of failures of one client. */
const MAX_FAILURES = 1_000

const buckets = z.array(z.tuple([z.int().nonnegative(), z.int().positive()])).max(MAX_BUCKETS)

/** Absent in lines of older scripts: how their runner did is unknown. */
const late = z.object({ openedMs: z.number().nonnegative(), timers: buckets }).optional()

const seenLine = z.object({
  frames: z.int().nonnegative(),
  lost: z.int().nonnegative(),
  doubled: z.int().nonnegative(),
  bytes: z.int().nonnegative(),
  latency: buckets,
})

const viewerLine = z.object({
  lp: z.literal(1),
  viewer: z.int().positive(),
  firstFrameMs: z.number().nullable(),
  failure: z.string().max(1_000).nullable(),
  ramp: seenLine,
  hold: seenLine,
  playback: z.object({
    playedMs: z.number().nonnegative(),
    stalledMs: z.number().nonnegative(),
    stalls: z.int().nonnegative(),
  }),
  late,
})

const callsLine = z.object({
  count: z.int().nonnegative(),
  failed: z
    .record(z.string().max(1_000), z.int().positive())
    .refine((failed) => Object.keys(failed).length <= MAX_FAILURES),
  latency: buckets,
})

const clientLine = z.object({
  lp: z.literal(1),
  client: z.int().positive(),
  ...{ ramp: callsLine, hold: callsLine },
  late,
})

export type ViewerLine = z.infer<typeof viewerLine>
export type ClientLine = z.infer<typeof clientLine>

/** What the script printed, one line for each viewer and each client of the API. */
export interface Lines {
  readonly viewers: readonly ViewerLine[]
  readonly clients: readonly ClientLine[]
}

/** @throws SyntaxError, z.ZodError for lines that the script cannot have written */
export function parseLines(texts: readonly string[]): Lines {
  const viewers: ViewerLine[] = []
  const clients: ClientLine[] = []
  for (const text of texts.flatMap((text) => text.split('\n'))) {
    if (text === '') continue
    const line: unknown = JSON.parse(text)
    if (typeof line === 'object' && line !== null && 'client' in line)
      clients.push(clientLine.parse(line))
    else viewers.push(viewerLine.parse(line))
  }
  return { viewers, clients }
}
