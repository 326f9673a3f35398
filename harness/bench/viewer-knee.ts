import { setTimeout as delay } from 'node:timers/promises'
import { budgetText, judgeStage, type LoadBudget } from '../load/budget.ts'
import { capacityText, findKnee, type JudgedStage } from '../load/knee.ts'
import { swarmEngine } from '../viewers/swarm/swarm-engine.ts'
import type { Benchmark } from './benchmark.ts'
import { h5live } from './many-viewers.ts'
import { withReference } from './with-reference.ts'

const STEP = 500
const MOST = 5_000
const BUDGET: LoadBudget = { p99Ms: 250, lost: 0, stalledShare: 0.01 }

export const viewerKnee: Benchmark = {
  id: 'viewer-knee',
  title: 'How many H5Live viewers of one stream one machine serves, 720p30 at 1 Mbit/s',
  method:
    `Steps of ${STEP} viewers, server and swarm on the same machine, until a step is over the budget: ${budgetText(BUDGET)}. ` +
    'The swarm has one thread. Where that is full before the budget is passed, as on two cores, the ' +
    'figure is a lower bound: the knee of the server itself is not known from this machine. To find ' +
    'it, let the swarm run on another one: `./liveproof load --target FILE --i-own HOST`, see ' +
    '[load tests](load.md).',
  run: ({ seconds, signal }) =>
    withReference(signal, async (bench) => {
      const stream = await bench.createStream()
      await bench.publish(stream, { video: '720p30' })
      await delay(3_000, undefined, { signal })
      const judged: JudgedStage[] = []
      await swarmEngine({ threads: 1 }).run({
        kinds: [h5live(stream)],
        stages: Array.from({ length: MOST / STEP }, (_, i) => ({
          viewers: STEP * (i + 1),
          rampMs: 4_000,
          holdMs: seconds * 1000,
        })),
        arrival: 'even',
        seed: 1,
        signal,
        onStage(stage) {
          const verdict = judgeStage(stage, BUDGET)
          judged.push({ viewers: stage.viewers, verdict })
          return verdict.outcome === 'within'
        },
      })
      const knee = findKnee(judged)
      return [
        {
          name: { knee: 'knee', 'at-least': 'at least', harness: 'at least' }[knee.bound],
          value: knee.viewers ?? 0,
          unit: 'viewers',
          count: judged.length,
          bound: capacityText(knee),
        },
      ]
    }),
}
