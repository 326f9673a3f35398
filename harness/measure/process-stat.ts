import { readdir, readFile } from 'node:fs/promises'

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

/**
 * ms that threads of a process were ready to run and had to wait for a core, by the id of the
 * thread; empty where there is no such process, or a kernel that does not count it.
 */
export async function readThreadWaits(pid: number): Promise<ReadonlyMap<string, number>> {
  const waits = new Map<string, number>()
  const threads = await readdir(`/proc/${pid}/task`).catch(() => [])
  await Promise.all(
    threads.map(async (thread) => {
      const text = await readFile(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').catch(() => '')
      const waitedMs = parseWaitedMs(text)
      if (waitedMs !== null) waits.set(thread, waitedMs)
    }),
  )
  return waits
}

/** See proc(5): the name in parentheses may hold spaces and parentheses itself. */
export function parseProcessStat(stat: string, schedstat = ''): ProcessStat | null {
  const end = stat.lastIndexOf(')')
  if (end < 0) return null
  // The first field after the name is number 3, the state.
  const field = (number: number) => Number(stat.slice(end + 2).split(' ')[number - 3])
  const [utime, stime, rss] = [field(14), field(15), field(24)]
  if (![utime, stime, rss].every((value) => Number.isSafeInteger(value) && value >= 0)) return null
  return {
    cpuMs: ((utime + stime) * 1000) / TICKS_PER_SECOND,
    rssBytes: rss * PAGE_BYTES,
    waitedMs: parseWaitedMs(schedstat),
  }
}

function parseWaitedMs(schedstat: string): number | null {
  const waitedNs = Number(schedstat.split(' ')[1])
  return schedstat !== '' && Number.isFinite(waitedNs) ? waitedNs / 1e6 : null
}
