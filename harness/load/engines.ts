import { UsageError } from '../errors.ts'
import { k6Engine } from '../viewers/k6/k6-engine.ts'
import { swarmEngine } from '../viewers/swarm/swarm-engine.ts'
import type { LoadEngine } from './engine.ts'

export interface EngineOptions {
  readonly threads?: number
}

/** By the name that `--engine` takes. */
export const loadEngines: Readonly<Record<string, (options: EngineOptions) => LoadEngine>> = {
  swarm: swarmEngine,
  k6: k6Engine,
}

/** @throws UsageError `LP_LOAD_ENGINE` */
export function engineFor(id: string, options: EngineOptions): LoadEngine {
  const make = Object.hasOwn(loadEngines, id) ? loadEngines[id] : undefined
  if (!make) {
    const known = Object.keys(loadEngines).join(', ')
    throw new UsageError('LP_LOAD_ENGINE', `there is no load engine '${id}'; there is ${known}`)
  }
  return make(options)
}
