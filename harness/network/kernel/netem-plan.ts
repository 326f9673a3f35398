import { UsageError } from '../../errors.ts'
import type { Jitter, Settings } from '../link-spec.ts'

/** Bytes of the packets by which netem's limit counts a queue. */
const PACKET_BYTES = 1_500
/** Packets of a queue that has no rate to be filled by. */
const OPEN_LIMIT = 10_000
/** Slices of a distribution whose mean and spread are wanted. */
const SLICES = 10_000

/** What netem shall do in one direction, as arguments of `tc`. */
export interface NetemPlan {
  /** Behind `netem`. */
  readonly netem: readonly string[]
  /** Packets leave in the order in which they came: netem's own queue is replaced by a plain one. */
  readonly inOrder: boolean
  /** Bytes of the device; null for its own. */
  readonly mtu: number | null
}

/**
 * One direction's settings in the words of tc-netem(8). Where netem has another model the nearest is
 * taken: jitter keeps its mean and its spread, a queue in bytes or ms counts packets of 1500 bytes.
 * @throws UsageError `LP_LINK_BACKEND` for what netem cannot do
 */
export function netemPlan(settings: Settings): NetemPlan {
  const { delayMs, jitter, duplicate, reorder, corrupt, rateKbps, queue, mtu, blackout } = settings
  if (reorder) throw cannot('hold single packets back (reorder); let jitter reorder instead')
  if (duplicate && duplicate.afterMs > 0) throw cannot('send a copy later (duplicate.afterMs)')
  if (queue.codel) throw cannot('run CoDel behind its own queue (queue.codel)')
  const netem = ['limit', `${limitOf(settings)}`]
  if (jitter) {
    const { mean, spread } = momentsOf(jitter)
    netem.push('delay', time(delayMs + mean), time(spread))
    if (jitter.kind !== 'uniform') netem.push('distribution', jitter.kind)
  } else if (delayMs > 0) netem.push('delay', time(delayMs))
  // What stands still lets nothing in: netem has no rate of nothing.
  if (blackout || rateKbps === 0) netem.push('loss', 'random', '100%')
  else netem.push(...lossOf(settings.loss))
  if (duplicate) netem.push('duplicate', percent(duplicate.p))
  if (corrupt) netem.push('corrupt', percent(corrupt.p))
  if (rateKbps) netem.push('rate', `${Math.round(rateKbps * 1_000)}bit`)
  return { netem, inOrder: !jitter?.reorder, mtu }
}

function lossOf(losses: Settings['loss']): string[] {
  const [first, ...more] = losses
  if (!first) return []
  if (losses.every(({ kind }) => kind === 'bernoulli')) {
    const kept = losses.reduce((share, loss) => share * (1 - ('p' in loss ? loss.p : 0)), 1)
    return ['loss', 'random', percent(1 - kept)]
  }
  if (first.kind !== 'gilbert-elliott' || more.length > 0)
    throw cannot('lose chosen packets, or by two models at once (loss)')
  const { toBad, toGood, lossBad, lossGood } = first
  return ['loss', 'gemodel', ...[toBad, toGood, lossBad, lossGood].map(percent)]
}

/** Packets: what may wait for the rate, and what is under way for its delay. */
function limitOf({ rateKbps, queue, delayMs }: Settings): number {
  if (!rateKbps) return OPEN_LIMIT
  const waiting = Math.min(queue.bytes ?? Infinity, ((queue.ms ?? Infinity) * rateKbps) / 8)
  if (waiting === Infinity) return OPEN_LIMIT
  return Math.ceil((waiting + (delayMs * rateKbps) / 8) / PACKET_BYTES) + 1
}

/** ms. Netem's jitter lies on both sides of the delay, a link's only behind it. */
function momentsOf(jitter: Jitter): { mean: number; spread: number } {
  switch (jitter.kind) {
    case 'uniform':
      // Netem's second figure of an even distribution is its reach, not its deviation.
      return { mean: jitter.ms / 2, spread: jitter.ms / 2 }
    case 'normal': {
      const mean = jitter.sigmaMs * Math.sqrt(2 / Math.PI)
      return { mean, spread: jitter.sigmaMs * Math.sqrt(1 - 2 / Math.PI) }
    }
    case 'pareto': {
      const { scaleMs, shape, maxMs } = jitter
      let sum = 0
      let squares = 0
      for (let i = 0; i < SLICES; i++) {
        const tail = scaleMs * (((i + 0.5) / SLICES) ** (-1 / shape) - 1)
        const value = Math.min(tail, maxMs)
        sum += value
        squares += value * value
      }
      const mean = sum / SLICES
      return { mean, spread: Math.sqrt(squares / SLICES - mean * mean) }
    }
  }
}

function time(ms: number): string {
  return `${Math.round(ms * 1_000)}us`
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(6))}%`
}

function cannot(what: string): UsageError {
  return new UsageError('LP_LINK_BACKEND', `netem cannot ${what}; use the proxy, which can`)
}
