import type { z } from 'zod'
import type { IngestRecord } from '../../conformance/ingest-record.ts'
import { eventOf, numberOf } from '../../conformance/srt-client/srt-events.ts'
import type { srtWireSchema } from '../../encoders/srt-wire.ts'

/** Where the wire does not tell: what libsrt and its users have. */
const USUAL = { version: '1.5.1', flags: 0xbf, payloadBytes: 1316, tableMs: 100, pcrMs: 30 }
const MAX_PAYLOAD = 1_456

/** The wire behaviour of an SRT caller, as ingest wrote it down. */
export function srtWireOf(record: IngestRecord): z.input<typeof srtWireSchema> {
  const call = eventOf(record, 'srt-handshake')
  const stats = eventOf(record, 'srt-stats')
  const version = String(call?.['srtVersion'] ?? '')
  const payload = numberOf(stats, 'maxPayload')
  const keyBytes = numberOf(call, 'keyBytes')
  const probes = record.events.filter(({ type }) => type === 'srt-nak-probe')
  const form = String(call?.['streamIdForm'] ?? 'plain')
  return {
    latencyMs: numberOf(call, 'callerLatencyMs'),
    streamId: form === 'push' || form === 'access-control' ? form : 'plain',
    version: /^\d+\.\d+\.\d+$/.test(version) ? version : USUAL.version,
    flags: numberOf(call, 'flags') || USUAL.flags,
    payloadBytes: payload >= 1 && payload <= MAX_PAYLOAD ? payload : USUAL.payloadBytes,
    keyBytes: keyBytes === 24 || keyBytes === 32 ? keyBytes : 16,
    handshake: call?.['version'] === 4 ? 4 : 5,
    answersNak:
      probes.length === 0 || probes.some((probe) => typeof probe['answeredMs'] === 'number'),
    tableMs: meanOf(record, 'pat') ?? USUAL.tableMs,
    pcrMs: meanOf(record, 'pcr') ?? USUAL.pcrMs,
  }
}

/** Mean interval, ms; null where there is too little to tell. */
function meanOf(record: IngestRecord, what: 'pat' | 'pcr'): number | null {
  const stats = eventOf(record, 'ts-stats')
  const gaps = stats?.[what] as { count?: unknown } | undefined
  const count = typeof gaps?.count === 'number' ? gaps.count : 0
  return count < 3 ? null : Math.round(numberOf(stats, 'spanMs') / (count - 1))
}
