import type { EncoderEvidence, IngestRecord } from '../../conformance/ingest-record.ts'
import { ChunkReader } from '../../conformance/rtmp-server/read/chunk-reader.ts'
import { eventOf, numberOf } from '../../conformance/srt-client/srt-events.ts'
import { readTimed, type Timed } from '../record/timed.ts'
import type { TarFile } from './tar.ts'

/** Whether a wire file bears out the session that an ingest wrote down of it. */
export interface WireCheck {
  readonly path: string
  /** Frames over RTMP, data packets over SRT. */
  readonly compared: number
  /** Null where it does. */
  readonly difference: string | null
}

const HANDSHAKE_BYTES = 1 + 2 * 1536
const [AUDIO, VIDEO, AGGREGATE] = [8, 9, 22]
const TICKS_PER_MS = 90
/** ms by which the ingest may have seen a frame earlier or later than the door did */
const ARRIVAL_MS = 1_000
/** Pieces of one file that are read, at most. */
const MAX_BLOCKS = 4_000
/** Share of packets that the way from the door to the ingest may have cost. */
const LOST_SHARE = 0.01

interface SentFrame {
  readonly track: 0 | 1
  readonly dtsMs: number
  readonly size: number
  readonly at: number
}

/**
 * Reads what came on the wire with the harness's own eyes, and compares it with the sessions. A
 * file may be cut off at its end; what it has must agree.
 */
export function checkWire({ sessions }: EncoderEvidence, wire: readonly TarFile[]): WireCheck[] {
  return [...checkRtmp(sessions, wire), ...checkSrt(sessions, wire)]
}

function checkRtmp(sessions: readonly IngestRecord[], wire: readonly TarFile[]): WireCheck[] {
  const records = sessions.filter(
    ({ protocol, frames }) => protocol === 'rtmp' && frames.at.length > 0,
  )
  const published = numbered(wire, 'rtmp')
    .map(({ path, bytes }) => ({ path, sent: sentFrames(readTimed(bytes)) }))
    .filter(({ sent }) => sent.length > 0)
  const free = new Set(records)
  const unmatched = published.filter(({ sent }) => {
    const record = [...free].find((one) => rtmpDifference(one, sent) === null)
    if (record) free.delete(record)
    return record === undefined
  })
  return published.map((file) => {
    // One that was refused may have sent what no session took.
    const [record] = unmatched.includes(file) ? free : []
    const difference = record ? rtmpDifference(record, file.sent) : null
    return { path: file.path, compared: file.sent.length, difference }
  })
}

/** Media before the end of the bytes, or before what the reader does not understand. */
function sentFrames(pieces: readonly Timed[]): SentFrame[] {
  const reader = new ChunkReader()
  const frames: SentFrame[] = []
  let skip = HANDSHAKE_BYTES
  for (const { at, bytes } of inBlocks(pieces)) {
    const rest = Buffer.from(bytes.subarray(Math.min(skip, bytes.length)))
    skip -= bytes.length - rest.length
    try {
      for (const { type, timestamp, body } of reader.push(rest)) {
        if (type === AGGREGATE) return frames
        const header =
          type === VIDEO ? videoHeader(body) : type === AUDIO ? audioHeader(body) : null
        if (header === null || body.length <= header) continue
        const track = type === VIDEO ? 0 : 1
        frames.push({ track, dtsMs: timestamp, size: body.length - header, at })
      }
    } catch {
      return frames
    }
  }
  return frames
}

/**
 * A message that is not whole yet is copied with each piece that comes: so many small ones that it
 * would take for ever are put together first.
 */
function inBlocks(pieces: readonly Timed[]): Timed[] {
  const least = pieces.reduce((sum, { bytes }) => sum + bytes.length, 0) / MAX_BLOCKS
  const blocks: Timed[] = []
  let waiting: Uint8Array[] = []
  let size = 0
  for (const [index, { at, bytes }] of pieces.entries()) {
    waiting.push(bytes)
    size += bytes.length
    if (size < least && index < pieces.length - 1) continue
    blocks.push({ at, bytes: waiting.length === 1 ? bytes : Buffer.concat(waiting) })
    waiting = []
    size = 0
  }
  return blocks
}

/** Bytes in front of an AVC access unit (FLV 10.1, E.4.3); null for anything else. */
function videoHeader(body: Buffer): number | null {
  const enhanced = (body[0]! & 0x80) !== 0
  return !enhanced && (body[0]! & 0x0f) === 7 && body[1] === 1 ? 5 : null
}

function audioHeader(body: Buffer): number | null {
  return body[0]! >> 4 === 10 && body[1] === 1 ? 2 : null
}

/** What the record says more or otherwise; frames of codecs that are not read here do not count. */
function rtmpDifference(
  { frames, tracks }: IngestRecord,
  sent: readonly SentFrame[],
): string | null {
  if (tracks.some(({ codec }) => codec !== 'avc1' && codec !== 'mp4a')) return null
  const [first] = sent
  const offset = (frames.at[0] ?? 0) - (first?.at ?? 0)
  for (const [index, { track, dtsMs, size, at }] of sent.entries()) {
    if (index >= frames.at.length) return null
    const where = `frame ${index} of the session`
    if (frames.track[index] !== track) return `${where} is of another track on the wire`
    if (frames.size[index] !== size) return `${where} has ${size} bytes on the wire`
    const ahead = (frames.dts[index] ?? 0) / TICKS_PER_MS - dtsMs
    // The stamps of a session may have been around 2^32 ms.
    if (Math.abs(ahead - Math.round(ahead / 2 ** 32) * 2 ** 32) > 1)
      return `${where} is stamped ${dtsMs} ms on the wire`
    const late = (frames.at[index] ?? 0) - offset - at
    if (Math.abs(late) > ARRIVAL_MS) return `${where} came at ${at.toFixed(0)} ms on the wire`
  }
  return null
}

function checkSrt(sessions: readonly IngestRecord[], wire: readonly TarFile[]): WireCheck[] {
  const records = sessions.filter((record) => numberOf(eventOf(record, 'srt-stats'), 'packets') > 0)
  const called = numbered(wire, 'srt')
    .map(({ path, bytes }) => ({ path, ...dataOf(readTimed(bytes)) }))
    .filter(({ packets }) => packets > 0)
  const said = records.reduce(
    (sum, record) => sum + numberOf(eventOf(record, 'srt-stats'), 'packets'),
    0,
  )
  const packets = called.reduce((sum, one) => sum + one.packets, 0)
  const longest = Math.max(0, ...called.map((one) => one.longest))
  const most = Math.max(
    0,
    ...records.map((one) => numberOf(eventOf(one, 'srt-stats'), 'maxPayload')),
  )
  return called.map(({ path, packets: compared }) => ({
    ...{ path, compared },
    difference:
      packets > said * (1 + LOST_SHARE) + 10
        ? `${packets} data packets on the wire, ${said} in the sessions`
        : longest > most
          ? `payloads of ${longest} bytes on the wire, of ${most} in the sessions`
          : null,
  }))
}

/** Data packets (draft §3.1): the first bit is 0. */
function dataOf(pieces: readonly Timed[]): { packets: number; longest: number } {
  const payloads = pieces
    .filter(({ bytes }) => bytes.length > 16 && (bytes[0]! & 0x80) === 0)
    .map(({ bytes }) => bytes.length - 16)
  return { packets: payloads.length, longest: payloads.reduce((a, b) => Math.max(a, b), 0) }
}

/** In the order in which they called. */
function numbered(wire: readonly TarFile[], protocol: string): TarFile[] {
  const number = ({ path }: TarFile) => Number(/-(\d+)\.bin$/.exec(path)?.[1] ?? 0)
  return wire
    .filter(({ path }) => path.startsWith(`wire/${protocol}-`))
    .toSorted((a, b) => number(a) - number(b))
}
