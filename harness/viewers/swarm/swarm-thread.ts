import { monitorEventLoopDelay } from 'node:perf_hooks'
import { parentPort, workerData } from 'node:worker_threads'
import { Crowd } from './crowd.ts'
import { CLOSE_MS, TICK_MS } from './limits.ts'
import { swarmNow } from './swarm-clock.ts'
import type { ThreadAnswer, ThreadHealth, ThreadOrder, ThreadSetup } from './thread-messages.ts'

/** One thread of the swarm. */
const LOOP_RESOLUTION_MS = 10
const port = parentPort!
const crowd = new Crowd(workerData as ThreadSetup)
const loop = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS })
loop.enable()
let takenAt = swarmNow()
let cpuBefore = process.threadCpuUsage()
const ticking = setInterval(() => crowd.tick(), TICK_MS)

port.on('message', (order: ThreadOrder) => {
  switch (order.type) {
    case 'arrivals':
      crowd.expect(order.arrivals)
      break
    case 'take':
      answer({
        type: 'taken',
        id: order.id,
        taken: {
          kinds: crowd.take(),
          p99s: order.perViewer ? crowd.takePerViewer() : [],
          health: takeHealth(order.perViewer),
        },
      })
      break
    case 'stop':
      clearInterval(ticking)
      crowd.close()
      port.close()
      setTimeout(() => process.exit(), CLOSE_MS).unref()
  }
})
answer({ type: 'ready' })

function answer(message: ThreadAnswer): void {
  port.postMessage(message)
}

/** How late the loop was counts from the start of a stage: a second has too few samples. */
function takeHealth(stageEnds: boolean): ThreadHealth {
  const now = swarmNow()
  const cpu = process.threadCpuUsage(cpuBefore)
  const late = (ns: number) => Math.max(0, ns / 1e6 - LOOP_RESOLUTION_MS)
  const health: ThreadHealth = {
    elapsedMs: now - takenAt,
    cpuMs: (cpu.user + cpu.system) / 1000,
    loopP99Ms: stageEnds && loop.count > 0 ? late(loop.percentile(99)) : 0,
    loopMaxMs: loop.count > 0 ? late(loop.max) : 0,
    openLateMs: crowd.openLateMs,
    connections: crowd.size,
  }
  takenAt = now
  cpuBefore = process.threadCpuUsage()
  if (stageEnds) loop.reset()
  crowd.openLateMs = 0
  return health
}
