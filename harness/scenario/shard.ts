import { createHash } from 'node:crypto'
import { UsageError } from '../errors.ts'
import type { ScenarioFile } from './find-scenarios.ts'

/** One part of a run that several machines share; counted from 1. */
export interface Shard {
  readonly index: number
  readonly count: number
}

/** A shard in the run record: with what all shards together should have run. */
export interface ShardRecord extends Shard {
  /** Tells one choice of scenario files from another. */
  readonly of: string
}

const MAX_SHARDS = 1_000

/** Reads `2/4`. @throws UsageError `LP_SHARD` */
export function parseShard(text: string): Shard {
  const [, index = 0, count = 0] = (/^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? []).map(Number)
  if (index < 1 || index > count || count > MAX_SHARDS)
    throw new UsageError('LP_SHARD', `'${text}' is no shard: 2/4 is the second of four`)
  return { index, count }
}

/**
 * The scenario files of one shard: every file is in exactly one of them, and each suite is spread
 * over all of them. @throws UsageError `LP_SHARD` when nothing would be left for it
 */
export function filesOfShard<F extends ScenarioFile>(
  scenarios: readonly F[],
  { index, count }: Shard,
): { files: F[]; shard: ShardRecord } {
  const files = scenarios.filter((_, place) => place % count === index - 1)
  if (files.length === 0)
    throw new UsageError(
      'LP_SHARD',
      `shard ${index}/${count} of ${scenarios.length} scenario files would run nothing`,
    )
  const names = scenarios.map(({ suite, name }) => `${suite}/${name}`).join('\n')
  const of = createHash('sha256').update(names).digest('hex').slice(0, 16)
  return { files, shard: { index, count, of } }
}
