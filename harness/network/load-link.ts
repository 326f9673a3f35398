import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { UsageError } from '../errors.ts'
import { MAX_LINK_FILE_BYTES } from './limits.ts'
import {
  type DirectionSpec,
  type LinkFile,
  type LinkSpec,
  linkSchema,
  type Step,
} from './link-spec.ts'
import { settingsOf } from './settings-of.ts'
import { Timeline } from './timeline.ts'
import { parseCsv, parseMahimahi } from './trace.ts'

const linksDir = fileURLToPath(new URL('../../fixtures/links', import.meta.url))

export type LoadedTrace =
  | { readonly format: 'mahimahi'; readonly times: Float64Array; readonly loop: boolean }
  | { readonly format: 'csv'; readonly steps: readonly Step[]; readonly loopMs: number | null }

/** A link's description with its traces read. */
export interface LoadedLink {
  readonly spec: LinkSpec
  readonly traces: { readonly up: LoadedTrace | null; readonly down: LoadedTrace | null }
}

/** Ids of the presets, sorted. */
export function listLinks(): string[] {
  return readdirSync(linksDir)
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length))
    .sort()
}

/**
 * A link by the id of a preset, or by the path of a JSON file (anything with a slash or `.json`).
 * @throws UsageError `LP_LINK_UNKNOWN`, `LP_LINK_INVALID`, `LP_LINK_TRACE`, `LP_LINK_SCHEDULE`
 */
export function loadLink(idOrPath: string): LoadedLink {
  const isPath = /[/\\]|\.json$/.test(idOrPath)
  if (!isPath && !listLinks().includes(idOrPath)) {
    throw new UsageError(
      'LP_LINK_UNKNOWN',
      `no link "${idOrPath}"; see liveproof list links, or give the path of a JSON file`,
    )
  }
  const file = isPath ? idOrPath : join(linksDir, `${idOrPath}.json`)
  let value: unknown
  try {
    value = JSON.parse(readSmall(file))
  } catch (error) {
    if (error instanceof UsageError) throw error
    const why = error instanceof Error ? error.message : String(error)
    throw new UsageError('LP_LINK_INVALID', `${file}: ${why}`, { cause: error })
  }
  return checkLink(value, { what: file, folder: dirname(file) })
}

/**
 * A link that is described in code. Traces are looked for in `folder`.
 * @throws UsageError `LP_LINK_INVALID`, `LP_LINK_TRACE`, `LP_LINK_SCHEDULE`
 */
export function checkLink(
  value: LinkFile | unknown,
  { what = 'link', folder = linksDir }: { what?: string; folder?: string } = {},
): LoadedLink {
  const result = linkSchema.safeParse(value)
  if (!result.success) {
    const issues = result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
    throw new UsageError('LP_LINK_INVALID', `${what}: ${issues.join('; ')}`)
  }
  const spec = result.data
  const traces = { up: readTrace(spec.up, what, folder), down: readTrace(spec.down, what, folder) }
  // A schedule that cannot be is refused here, not when the link opens.
  for (const direction of [spec.up, spec.down])
    new Timeline(settingsOf(direction), direction.schedule, direction.loopMs, 0)
  return { spec, traces }
}

function readTrace(direction: DirectionSpec, what: string, folder: string): LoadedTrace | null {
  const { trace, schedule, rateKbps, queue } = direction
  if (!trace) return null
  const wrong = (why: string) => new UsageError('LP_LINK_INVALID', `${what}: ${why}`)
  const file = join(folder, trace.file)
  const text = readSmall(file)
  if (trace.format === 'csv') {
    if (schedule.length > 0) throw wrong('a CSV trace and a schedule cannot both be')
    const { steps, lengthMs } = parseCsv(text, file)
    return { format: 'csv', steps, loopMs: trace.loop ? lengthMs : null }
  }
  if (rateKbps !== null) throw wrong('a Mahimahi trace takes the place of rateKbps')
  if (queue.bytes === undefined) throw wrong('with a Mahimahi trace the queue needs bytes')
  return { format: 'mahimahi', times: parseMahimahi(text, file), loop: trace.loop }
}

function readSmall(file: string): string {
  try {
    if (statSync(file).size > MAX_LINK_FILE_BYTES)
      throw new UsageError('LP_LINK_INVALID', `${file} is too large`)
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof UsageError) throw error
    const why = error instanceof Error ? error.message : String(error)
    throw new UsageError('LP_LINK_INVALID', `cannot read ${file}: ${why}`, { cause: error })
  }
}
