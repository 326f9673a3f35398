import { randomBytes } from 'node:crypto'

/** `20260131-235959-1a2b`: sorts by UTC start time; the tail keeps runs of one second apart. */
export function newRunId(at: Date = new Date(), tail = randomBytes(2).toString('hex')): string {
  const [date = '', time = ''] = at.toISOString().slice(0, 19).split('T')
  return `${date.replaceAll('-', '')}-${time.replaceAll(':', '')}-${tail}`
}
