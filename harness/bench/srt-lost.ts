import { ingestSessions } from '../conformance/ingest-sessions.ts'
import type { TargetStream } from '../targets/target.ts'
import type { Figure } from './benchmark.ts'
import type { BenchWorkbench } from './with-reference.ts'

export const SRT_LOST_METHOD =
  'Lost: given up by the receiver, because it did not come in time, not even when asked for again. ' +
  'What the kernel dropped at the door for want of buffer, to come again or not, is told beside it.'

export interface SrtLosses {
  /** Packets that the sessions took. */
  readonly packets: number
  /** Packets that they gave up; NaN when a session left no record. */
  readonly givenUp: number
  /** Datagrams that the kernel dropped at the door; null where it does not tell (Linux only). */
  readonly kernelDrops: number | null
}

/** What was lost of these streams, each of them published once and ended. */
export async function srtPacketsLost(
  bench: BenchWorkbench,
  streams: readonly TargetStream[],
): Promise<Figure[]> {
  let givenUp = 0
  let packets = 0
  for (const { name } of streams) {
    const [session] = (await ingestSessions(bench.target, bench.signal, name)) ?? []
    const stats = session?.events.find(({ type }) => type === 'srt-stats')
    givenUp += Number(stats?.['dropped'] ?? Number.NaN)
    packets += Number(stats?.['packets'] ?? 0)
  }
  const { srt } = await bench.doors()
  return srtLostFigures({ packets, givenUp, kernelDrops: srt.kernelDrops })
}

export function srtLostFigures({ packets, givenUp, kernelDrops }: SrtLosses): Figure[] {
  const lost: Figure = {
    name: 'packets lost',
    value: givenUp,
    unit: 'packets',
    count: packets,
    bound: 'exact',
    goal: { operator: '==', value: 0 },
  }
  if (kernelDrops === null) return [lost]
  const name = 'datagrams that the kernel dropped'
  return [
    lost,
    { name, value: kernelDrops, unit: 'packets', count: packets, bound: 'since the start' },
  ]
}
