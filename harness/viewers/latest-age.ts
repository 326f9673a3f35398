import type { Viewer } from './viewer.ts'

/** ms between the composition of the latest frame and its arrival; Infinity before the first. */
export function ageOfLatest({ record }: Viewer): number {
  const latest = record.events.findLast(({ type }) => type === 'fragment')
  if (latest?.type !== 'fragment') return Number.POSITIVE_INFINITY
  const stamp = latest.tracks.flatMap(({ samples }) => samples).findLast((it) => it.stamp)?.stamp
  if (!stamp) return Number.POSITIVE_INFINITY
  return record.openedAt + latest.at - stamp.timeUs / 1000
}
