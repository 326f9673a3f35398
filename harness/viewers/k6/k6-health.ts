import { availableParallelism } from 'node:os'
import type { EngineFigure, EngineHealth } from '../../load/engine.ts'
import { engineHealth } from '../../load/engine-health.ts'
import { LEAST_WINDOW_MS } from '../../measure/health-limits.ts'
import type { K6Cost } from './k6-meter.ts'
import type { Lines } from './line.ts'
import { histogramOf } from './lines-histogram.ts'

/** Past these k6 cannot vouch for what its viewers measured. */
export const K6_LIMITS = {
  /** ms that k6 came late to its own timers, 99 of 100 times at most */
  timersP99Ms: 100,
  /** ms that a viewer was opened after it was due */
  openLateMs: 500,
  /** Share of all cores of the machine that k6 used. */
  cpuShare: 0.9,
  /** Threads that were ready and had to wait for a core, for each core of the machine. */
  waitingShare: 0.2,
} as const

/**
 * How k6 itself did: by the lateness in its viewers' lines, wherever it ran, and by what its
 * processes cost, where they ran here.
 * @param wanted viewers and clients that should have printed a line
 * @param costs of the processes of this machine, at the same time; none for runners elsewhere
 */
export function k6Health(
  { viewers, clients }: Lines,
  { wanted, costs = [] }: { readonly wanted: number; readonly costs?: readonly K6Cost[] },
): EngineHealth {
  const all = [...viewers, ...clients]
  const late = all.flatMap(({ late }) => late ?? [])
  const timers = histogramOf(
    late.flatMap((one) => one.timers),
    0,
  )
  const openedMs = late.reduce((most, one) => Math.max(most, one.openedMs), 0)
  const p99 = timers.percentile(99)
  const count = { unit: 'viewers', limit: 0 }
  return {
    ...engineHealth([
      { name: 'k6 timers late, p99', value: p99, unit: 'ms', limit: K6_LIMITS.timersP99Ms },
      { name: 'k6 timers late, max', value: timers.max, unit: 'ms' },
      {
        name: 'viewers opened late, max',
        value: openedMs,
        unit: 'ms',
        limit: K6_LIMITS.openLateMs,
      },
      { name: 'k6 said nothing of', value: Math.max(0, wanted - all.length), ...count },
      {
        name: 'k6 told no lateness of',
        value: all.filter(({ late }) => late === undefined).length,
        ...count,
      },
      ...costFigures(costs),
    ]),
    ...useOf(costs),
  }
}

function costFigures(costs: readonly K6Cost[]): EngineFigure[] {
  if (costs.length === 0) return []
  const sum = (of: (cost: K6Cost) => number) => costs.reduce((all, cost) => all + of(cost), 0)
  const cores = availableParallelism()
  // A process that says nothing of its plateau makes the sum of all too small to be judged.
  const ms = Math.min(...costs.map(({ hold }) => hold?.ms ?? 0))
  const limit = (limit: number) => (ms >= LEAST_WINDOW_MS ? { limit } : {})
  return [
    {
      name: 'k6 CPU, of the machine',
      value: sum(({ hold }) => hold?.cpu ?? 0) / cores,
      ...{ unit: 'share', ...limit(K6_LIMITS.cpuShare) },
    },
    {
      name: 'k6 threads waiting for a core, for each core',
      value: sum(({ hold }) => hold?.waiting ?? 0) / cores,
      ...{ unit: 'share', ...limit(K6_LIMITS.waitingShare) },
    },
    { name: 'k6 CPU time', value: sum(({ cpuMs }) => cpuMs) / 1000, unit: 's' },
    { name: 'k6 memory', value: sum(({ peakRssBytes }) => peakRssBytes) / 1e6, unit: 'MB' },
  ]
}

function useOf(costs: readonly K6Cost[]): Pick<EngineHealth, 'use'> {
  if (costs.length === 0 || costs.some(({ hold }) => hold === null)) return {}
  const cpu = costs.reduce((all, { hold }) => all + (hold?.cpu ?? 0), 0)
  return { use: { cpu, rssBytes: costs.reduce((all, one) => all + one.peakRssBytes, 0) } }
}
