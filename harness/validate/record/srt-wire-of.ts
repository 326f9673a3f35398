import { z } from 'zod'
import type { IngestRecord } from '../../conformance/ingest-record.ts'
import { eventOf, numberOf } from '../../conformance/srt-client/srt-events.ts'
import type { srtWireSchema } from '../../encoders/srt-wire.ts'

/** Where the wire does not tell: what libsrt and its users have. */
const USUAL = { version: '1.5.1', flags: 0xbf, payloadBytes: 1316, tableMs: 100, pcrMs: 30 }
const MAX_PAYLOAD = 1_456

/** The wire behaviour of an SRT caller, as ingest wrote it down and its datagrams show. */
export function srtWireOf(
  record: IngestRecord,
  datagrams: readonly Buffer[] = [],
): z.input<typeof srtWireSchema> {
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
    ...dataOf(datagrams, payload),
    ...pidsOf(record),
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

const HEADER_BYTES = 16
/** The O flag (draft §3.1). */
const IN_ORDER = 0x2000_0000
/** Share of data packets that are shorter than the longest, from which a caller does not wait. */
const SHORT_SHARE = 0.1

function dataOf(datagrams: readonly Buffer[], longest: number) {
  const data = datagrams.filter((bytes) => bytes.length > HEADER_BYTES && bytes[0]! < 0x80)
  if (data.length === 0) return {}
  const short = data.filter(({ length }) => length - HEADER_BYTES < longest).length
  const inOrder = data.every((bytes) => (bytes.readUInt32BE(4) & IN_ORDER) !== 0)
  return { payloads: short / data.length > SHORT_SHARE ? 'each-frame' : 'full', inOrder } as const
}

const streamsSchema = z.array(z.object({ pid: z.int(), codec: z.string() }))

function pidsOf(record: IngestRecord) {
  const streams = streamsSchema.safeParse(eventOf(record, 'ts-streams')?.['streams'])
  const pidOf = (codecs: readonly string[]) =>
    streams.data?.find(({ codec }) => codecs.includes(codec))?.pid
  const [video, audio] = [pidOf(['avc1', 'hvc1']), pidOf(['mp4a'])]
  if (video === undefined || audio === undefined) return {}
  // Where the table of the streams itself is, ingest does not write down.
  return { pids: { pmt: 0x1000, video, audio } }
}
