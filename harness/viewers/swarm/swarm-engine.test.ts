import { expect, test } from 'vitest'
import type { LoadJob } from '../../load/engine.ts'
import { swarmEngine } from './swarm-engine.ts'

test('a crowd that is to call the API is refused, with the engine that can', async () => {
  const job: LoadJob = {
    kinds: [{ name: 'API', format: 'api', weight: 1, urls: ['http://127.0.0.1:1/'] }],
    stages: [{ viewers: 1, rampMs: 0, holdMs: 0 }],
    ...{ arrival: 'even', seed: 1, signal: new AbortController().signal, onStage: () => true },
  }
  const refused = expect(swarmEngine().run(job)).rejects
  await refused.toMatchObject({ code: 'LP_SWARM_JOB', message: expect.stringContaining('k6') })
})
