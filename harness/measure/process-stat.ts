import { readFile } from 'node:fs/promises'

/** USER_HZ, which every Linux of today reports to user space, whatever its kernel's HZ. */
const TICKS_PER_SECOND = 100
const PAGE_BYTES = 4096

/** Figures of one process as Linux counts them. */
export interface ProcessStat {
  /** ms of CPU time since it began, user and system, all threads */
  readonly cpuMs: number
  readonly rssBytes: number
  /** ms that its main thread was ready to run and had to wait for a core */
  readonly waitedMs: number | null
}

/** null where there is no such process, or no /proc. */
export async function readProcessStat(pid: number | 'self'): Promise<ProcessStat | null> {
  const [stat, schedstat] = await Promise.all([
    readFile(`/proc/${pid}/stat`, 'latin1').catch(() => ''),
    readFile(`/proc/${pid}/schedstat`, 'latin1').catch(() => ''),
  ])
  return parseProcessStat(stat, schedstat)
}

/** See proc(5): the name in parentheses may hold spaces and parentheses itself. */
export function parseProcessStat(stat: string, schedstat = ''): ProcessStat | null {
  const end = stat.lastIndexOf(')')
  if (end < 0) return null
  // The first field after the name is number 3, the state.
  const field = (number: number) => Number(stat.slice(end + 2).split(' ')[number - 3])
  const [utime, stime, rss] = [field(14), field(15), field(24)]
  if (![utime, stime, rss].every((value) => Number.isSafeInteger(value) && value >= 0)) return null
  const waitedNs = Number(schedstat.split(' ')[1])
  return {
    cpuMs: ((utime + stime) * 1000) / TICKS_PER_SECOND,
    rssBytes: rss * PAGE_BYTES,
    waitedMs: schedstat !== '' && Number.isFinite(waitedNs) ? waitedNs / 1e6 : null,
  }
}
