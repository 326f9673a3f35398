import type { Jitter } from './link-spec.ts'
import { keyFor, normal, uniform } from './random.ts'

/** ms that packet `index` is delayed beyond the link's delay; never negative. */
export type JitterModel = (index: number) => number

export function jitterModel(jitter: Jitter, seed: number, direction: string): JitterModel {
  const key = keyFor(seed, direction, 'jitter', jitter.kind)
  switch (jitter.kind) {
    case 'uniform':
      return (index) => uniform(key, index) * jitter.ms
    case 'normal':
      return (index) => Math.abs(normal(key, index)) * jitter.sigmaMs
    case 'pareto':
      return (index) => {
        const tail = jitter.scaleMs * (uniform(key, index) ** (-1 / jitter.shape) - 1)
        return Math.min(tail, jitter.maxMs)
      }
  }
}
