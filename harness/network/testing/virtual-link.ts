import type { Direction, Payload } from '../direction.ts'
import { LinkModel } from '../link-model.ts'
import type { LinkFile } from '../link-spec.ts'
import { checkLink } from '../load-link.ts'

export interface Arrival {
  readonly index: number
  readonly at: number
  readonly corruptAt: number | null
}

/** A link in virtual time whose uplink does what `up` says. */
export function virtualLink(
  up: LinkFile['up'],
  { seed = 1, protocol = 'udp' as 'tcp' | 'udp', down = {} as LinkFile['down'] } = {},
): LinkModel {
  const link = checkLink({ schema: 'liveproof/link@1', id: 'test', summary: 'A test.', up, down })
  return new LinkModel({ link, seed, protocol })
}

/** Sends `count` packets of `size` bytes through the uplink, one every `everyMs`, and waits for all. */
export function sendThrough(
  link: LinkModel,
  options: { count: number; size?: number; everyMs?: number; from?: number; untilMs?: number },
): Arrival[] {
  const { count, size = 1_000, everyMs = 1, from = 0, untilMs = Infinity } = options
  const arrivals: Arrival[] = []
  for (let index = 0; index < count; index++) {
    const at = from + index * everyMs
    link.agenda.runUntil(at)
    link.up.offer(at, size, collect(index, arrivals))
  }
  link.agenda.runUntil(Math.min(untilMs, 1e12))
  return arrivals
}

function collect(index: number, arrivals: Arrival[]): Payload {
  return { deliver: (at, corruptAt) => arrivals.push({ index, at, corruptAt }) }
}

/** The verdicts of a direction in order. */
export function verdicts(direction: Direction): string[] {
  return [...direction.log].map(({ verdict }) => verdict)
}
