import type { LinkFile } from '../link-spec.ts'
import { Stream } from '../tcp/stream.ts'
import { READ_AHEAD_BYTES } from '../tcp/tcp-limits.ts'
import { virtualLink } from './virtual-link.ts'

export interface Transfer {
  /** bytes per s that came out, from `fromMs` on */
  readonly rate: number
  readonly stream: Stream
  readonly bytes: number
}

/** Sends as much as goes through an uplink in virtual time. */
export function bulkTransfer(
  up: LinkFile['up'],
  options: { seconds: number; fromMs?: number; seed?: number; delayBackMs?: number },
): Transfer {
  const { seconds, fromMs = 0, seed = 1, delayBackMs = 0 } = options
  const link = virtualLink(up, { seed, protocol: 'tcp', down: { delayMs: delayBackMs } })
  let bytes = 0
  let counted = 0
  const stream: Stream = new Stream({
    agenda: link.agenda,
    data: link.up,
    back: link.down,
    blocked: () => false,
    onBytes(count, at) {
      bytes += count
      if (at >= fromMs) counted += count
    },
    onEnd() {},
    onRoom: (at) => stream.sender.write(READ_AHEAD_BYTES, at),
    onGivenUp() {},
    buffered: () => 0,
  })
  stream.sender.start(0)
  stream.sender.write(READ_AHEAD_BYTES, 0)
  link.agenda.runUntil(seconds * 1000)
  return { rate: counted / (seconds - fromMs / 1000), stream, bytes }
}

/** Mathis, Semke, Mahdavi, Ott (1997), with C = √(3/2): bytes per s. */
export function mathis(mss: number, rttMs: number, p: number): number {
  return ((mss / (rttMs / 1000)) * Math.sqrt(1.5)) / Math.sqrt(p)
}
