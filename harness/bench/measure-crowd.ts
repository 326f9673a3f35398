import { setTimeout as delay } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { LoadResult, LoadStage, StageResult, ViewerKind } from '../load/engine.ts'
import { nowMs } from '../measure/clock.ts'
import { swarmEngine } from '../viewers/swarm/swarm-engine.ts'
import { SwarmHealth } from '../viewers/swarm/swarm-health.ts'
import type { Figure } from './benchmark.ts'
import type { BenchWorkbench } from './with-reference.ts'

export interface MeasuredCrowd {
  readonly stage: StageResult
  readonly result: LoadResult
  /** Cores, while it was measured. */
  readonly serverCpu: number
  readonly swarmCpu: number
  /** bytes for each viewer, over what was there before the first came */
  readonly serverBytes: number
  readonly swarmBytes: number
  /** bytes of media that were delivered while it was measured */
  readonly delivered: number
}

/** Time for encoders to send their first group. */
const SETTLE_MS = 3_000

/** One plateau of viewers on a reference, on one thread, with what it cost both sides. */
export async function measureCrowd(
  bench: BenchWorkbench,
  kinds: readonly ViewerKind[],
  plateau: LoadStage,
): Promise<MeasuredCrowd> {
  await delay(SETTLE_MS, undefined, { signal: bench.signal })
  const before = await bench.process()
  const collect = garbageCollection()
  collect()
  const ownBefore = process.memoryUsage().rss
  let measuring = false
  let start = before
  let startAt = nowMs()
  let end = before
  let endAt = startAt
  let ownBytes = Number.POSITIVE_INFINITY
  const result = await swarmEngine({ threads: 1 }).run({
    kinds,
    stages: [plateau],
    arrival: 'even',
    seed: 1,
    signal: bench.signal,
    onLook(look) {
      if (look.ramping) return
      // Garbage of this thread comes and goes; what a viewer costs is what stays.
      if (!measuring) collect()
      ownBytes = Math.min(ownBytes, process.memoryUsage().rss - ownBefore)
      if (measuring) return
      measuring = true
      startAt = nowMs()
      void bench.process().then((now) => {
        start = now
      })
    },
    async onStage() {
      endAt = nowMs()
      end = await bench.process()
      return false
    },
  })
  const [stage] = result.stages
  if (!stage) throw new Error('the crowd was cut short')
  const elapsed = endAt - startAt
  return {
    stage,
    result,
    serverCpu: (end.cpuMs - start.cpuMs) / elapsed,
    swarmCpu: SwarmHealth.cpuShareOf(stage.engine),
    serverBytes: (end.rssBytes - before.rssBytes) / plateau.viewers,
    swarmBytes: ownBytes / plateau.viewers,
    delivered: stage.hold.bytes,
  }
}

function garbageCollection(): () => void {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as () => void
}

export function exact(
  name: string,
  value: number,
  unit: string,
  count: number,
  goal?: Figure['goal'],
): Figure {
  return { name, value, unit, count, bound: 'exact', ...(goal ? { goal } : {}) }
}

/** That every one of so many viewers was served, and every frame. */
export function servedFigures(
  { frames, lost, viewers }: StageResult['hold'],
  count: number,
): Figure[] {
  return [
    exact('frames lost', lost, 'frames', frames, { operator: '==', value: 0 }),
    exact('viewers playing', viewers.playing, 'viewers', count, { operator: '==', value: count }),
  ]
}
