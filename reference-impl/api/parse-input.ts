import type { z } from 'zod'
import { type ApiError, parameterRequired, wrongType } from './api-error.ts'

/** @throws ApiError 400 1002 for a missing parameter, 1004 for one of the wrong type */
export function parseInput<T>(schema: z.ZodType<T>, input: unknown): T {
  const result = schema.safeParse(input)
  if (result.success) return result.data
  throw errorOf(result.error.issues[0]!, input)
}

/** A query where `name[]=a` alone is a list too, as `name[]=a&name[]=b` is. */
export function normaliseQuery(query: unknown): Record<string, unknown> {
  const normal: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(query as Record<string, unknown>)) {
    if (name === '__proto__') continue
    normal[name] = name.endsWith('[]') && !Array.isArray(value) ? [value] : value
  }
  return normal
}

function errorOf(issue: z.core.$ZodIssue, input: unknown): ApiError {
  const name = issue.path.map(String).join('.') || 'body'
  if (issue.code === 'invalid_type') {
    return valueAt(input, issue.path) === undefined
      ? parameterRequired(name)
      : wrongType(name, issue.expected)
  }
  return wrongType(name, issue.message)
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined,
    input,
  )
}
