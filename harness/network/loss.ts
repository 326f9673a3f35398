import type { Loss } from './link-spec.ts'
import { keyFor, uniform } from './random.ts'

/** Says for packet 0, 1, 2, … in turn whether it is lost. */
export type LossModel = (index: number) => boolean

/** `purpose` keeps apart the randomness of two models of one direction. */
export function lossModel(loss: Loss, seed: number, ...purpose: readonly string[]): LossModel {
  switch (loss.kind) {
    case 'bernoulli': {
      const key = keyFor(seed, ...purpose, 'bernoulli')
      return (index) => uniform(key, index) < loss.p
    }
    case 'gilbert-elliott':
      return gilbertElliott(loss, seed, purpose)
    case 'indices': {
      const lost = new Set(loss.indices)
      return (index) => lost.has(index)
    }
    case 'periodic':
      return (index) => index >= loss.first && (index - loss.first) % loss.every === 0
  }
}

/**
 * Two states with a loss rate each. The state follows from the draws of the packets before, which
 * follow from their indices, so it too is the same in every run.
 */
function gilbertElliott(
  { toBad, toGood, lossGood, lossBad }: Extract<Loss, { kind: 'gilbert-elliott' }>,
  seed: number,
  purpose: readonly string[],
): LossModel {
  const moves = keyFor(seed, ...purpose, 'gilbert-elliott', 'state')
  const losses = keyFor(seed, ...purpose, 'gilbert-elliott', 'loss')
  let bad = false
  return (index) => {
    bad = bad ? uniform(moves, index) >= toGood : uniform(moves, index) < toBad
    return uniform(losses, index) < (bad ? lossBad : lossGood)
  }
}

/** What a loss model comes to in the long run. */
export function expectedLoss(loss: Loss): number {
  switch (loss.kind) {
    case 'bernoulli':
      return loss.p
    case 'gilbert-elliott': {
      const bad = loss.toBad + loss.toGood === 0 ? 0 : loss.toBad / (loss.toBad + loss.toGood)
      return bad * loss.lossBad + (1 - bad) * loss.lossGood
    }
    case 'indices':
      return 0
    case 'periodic':
      return 1 / loss.every
  }
}
