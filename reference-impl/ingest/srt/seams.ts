import type { WireError } from '../../errors.ts'
import type { PublishGate } from '../../live/publication.ts'
import type { SrtLossRange } from '../../wire/srt-control.ts'
import type { SrtDataPacket } from '../../wire/srt-packet.ts'
import type { SrtLimits } from './limits.ts'

/** Where SRT ingest faults are installed. */
export interface SrtSeams {
  limits(limits: SrtLimits): SrtLimits
  /** What the listener asks whether a publish may begin. */
  gate(gate: PublishGate): PublishGate
  /** Whether a cookie that came back is taken for ours. */
  cookieHolds(holds: boolean): boolean
  /** An induction was answered; its sender has proven nothing yet. */
  induction(packet: Uint8Array): void
  /** ms, from what we want and what the caller asks for. */
  latency(ours: number, theirs: number): number
  /** Whether a caller may publish without a usable key though there is a passphrase. */
  unsecured(allowed: boolean): boolean
  /** Made once for each session: whether a data packet is taken at all. */
  takes(): (packet: SrtDataPacket) => boolean
  /** A periodic loss report, before it is sent; none when it is empty. */
  periodicNak(ranges: readonly SrtLossRange[]): readonly SrtLossRange[]
  /** Whether packets past their time are given up. */
  dropsTooLate(drops: boolean): boolean
  /** Bad input was left alone or ended a session. */
  badInput(error: WireError): void
}

export function defaultSrtSeams(): SrtSeams {
  return {
    limits: (limits) => limits,
    gate: (gate) => gate,
    cookieHolds: (holds) => holds,
    induction: () => undefined,
    latency: (ours, theirs) => Math.max(ours, theirs),
    unsecured: (allowed) => allowed,
    takes: () => () => true,
    periodicNak: (ranges) => ranges,
    dropsTooLate: (drops) => drops,
    badInput: () => undefined,
  }
}
