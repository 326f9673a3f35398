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
  if (isId(id) && existsSync(file)) return parse(profileSchema, file)
  const bad = loadBadProfile(id)
  const changed = mergeChange(loadProfile(bad.extends), bad.change)
  return check(profileSchema, { ...(changed as object), id: bad.id }, bad.id)
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

function parse<T extends z.ZodType>(schema: T, file: string): z.infer<T> {
  let value: unknown
  try {
    value = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new UsageError('LP_PROFILE_INVALID', `${file}: ${String(error)}`, { cause: error })
  }
  return check(schema, value, file)
}

function check<T extends z.ZodType>(schema: T, value: unknown, what: string): z.infer<T> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const issues = result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  throw new UsageError('LP_PROFILE_INVALID', `${what}: ${issues.join('; ')}`)
}
