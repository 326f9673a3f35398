import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { z } from 'zod'
import { UsageError } from '../errors.ts'
import { mergeChange } from './merge-change.ts'
import { type BadProfile, badProfileSchema, type Profile, profileSchema } from './profile.ts'

const profiles = fileURLToPath(new URL('../../fixtures/profiles', import.meta.url))

/** Ids of the good profiles, sorted. */
export function listProfiles(): string[] {
  return idsIn(profiles)
}

/** Ids of the bad profiles, sorted. */
export function listBadProfiles(): string[] {
  return idsIn(join(profiles, 'bad'))
}

/**
 * A profile by its id, good or bad (a bad one comes with its change applied).
 * @throws UsageError `LP_PROFILE_UNKNOWN`, `LP_PROFILE_INVALID`
 */
export function loadProfile(id: string): Profile {
  const file = join(profiles, `${id}.json`)
  if (isId(id) && existsSync(file)) return check(profileSchema, extended(readJson(file)), file)
  const bad = loadBadProfile(id)
  const changed = mergeChange(loadProfile(bad.extends), bad.change)
  return check(profileSchema, { ...(changed as object), id: bad.id }, bad.id)
}

/**
 * A good profile by the path of its file, wherever that is.
 * @throws UsageError `LP_PROFILE_INVALID`
 */
export function loadProfileFile(file: string): Profile {
  return check(profileSchema, extended(readJson(file)), file)
}

/**
 * What a bad profile says about itself.
 * @throws UsageError `LP_PROFILE_UNKNOWN`, `LP_PROFILE_INVALID`
 */
export function loadBadProfile(id: string): BadProfile {
  const file = join(profiles, 'bad', `${id}.json`)
  if (!isId(id) || !existsSync(file)) {
    throw new UsageError(
      'LP_PROFILE_UNKNOWN',
      `no encoder profile "${id}"; see liveproof list profiles`,
    )
  }
  return parse(badProfileSchema, file)
}

function idsIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length))
    .sort()
}

function isId(id: string): boolean {
  return /^[a-z0-9][a-z0-9.-]*$/.test(id)
}

/**
 * A profile may be laid over another one (`extends`), which must stand by itself. Where its fields
 * come from, it says for itself.
 */
function extended(file: unknown): unknown {
  if (typeof file !== 'object' || file === null || !('extends' in file)) return file
  const { extends: id, ...changes } = file
  const base = typeof id === 'string' && isId(id) ? join(profiles, `${id}.json`) : ''
  if (!existsSync(base)) {
    throw new UsageError('LP_PROFILE_INVALID', `extends "${String(id)}", which is no profile`)
  }
  const inherited = { ...(readJson(base) as Record<string, unknown>) }
  for (const own of ['provenance', 'departs', 'multiBitrate']) delete inherited[own]
  return onlyItsProtocols(mergeChange(inherited, changes) as Record<string, unknown>)
}

/** Without what the other one says about protocols that this one does not have. */
function onlyItsProtocols(profile: Record<string, unknown>): Record<string, unknown> {
  const has = (name: string): boolean =>
    Array.isArray(profile['protocols']) && profile['protocols'].includes(name)
  const { rtmp, srt, whip, ...rest } = profile
  return {
    ...rest,
    ...(has('rtmp') || has('rtmps') ? { rtmp } : {}),
    ...(has('srt') ? { srt } : {}),
    ...(has('whip') ? { whip } : {}),
  }
}

function parse<T extends z.ZodType>(schema: T, file: string): z.infer<T> {
  return check(schema, readJson(file), file)
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new UsageError('LP_PROFILE_INVALID', `${file}: ${String(error)}`, { cause: error })
  }
}

function check<T extends z.ZodType>(schema: T, value: unknown, what: string): z.infer<T> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const issues = result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  throw new UsageError('LP_PROFILE_INVALID', `${what}: ${issues.join('; ')}`)
}
