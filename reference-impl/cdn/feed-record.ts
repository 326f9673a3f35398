// What an origin sends to an edge that pulls a stream, one record in each WebSocket message.
// Media are binary: a header of our own, then the packaged bytes as every viewer gets them.
// Everything else is JSON. All numbers are big-endian.
import { z } from 'zod'
import { WireError } from '../errors.ts'
import { type FragmentPacket, type InitPacket, PACKET_HEADROOM } from '../live/packet.ts'
import { readTracks, writeTracks } from './feed-tracks.ts'
import { MAX_TRACKS_BYTES } from './limits.ts'

const KIND_INIT = 1
const KIND_FRAGMENT = 2
const FLAG_KEY = 1

/** kind, flags, length of the tracks' JSON */
const INIT_HEADER = 4
/** kind, flags, two zero bytes, sequence, time, duration, arrival */
const FRAGMENT_HEADER = 32
/** A box has at least its size and type. */
const MIN_MEDIA = 8

const discontinuityReason = z.enum(['republished', 'timestamp-jump', 'tracks-changed', 'skipped'])
const streamEnd = z.enum(['unpublished', 'vanished', 'stopped', 'locked', 'deleted', 'shutdown'])
const finite = z.number().finite()

const feedNote = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('opened'),
    /** Grows with every start of the origin: a lower one is a ghost. */
    generation: z.int().min(0),
    /** The same as long as one timeline goes on. */
    instance: z.string().min(1).max(64),
  }),
  z.strictObject({
    type: z.literal('state'),
    publishing: z.boolean(),
    frameRate: finite.positive().nullable(),
  }),
  z.strictObject({
    type: z.literal('discontinuity'),
    reason: discontinuityReason,
    init: z.boolean(),
    sequence: z.int().min(0),
  }),
  z.strictObject({
    type: z.literal('metadata'),
    handler: z.string().max(256),
    value: z.unknown(),
    time: finite,
  }),
  z.strictObject({ type: z.literal('end'), reason: streamEnd }),
  z.strictObject({
    type: z.literal('refused'),
    /** What the origin knows of the stream; null: it knows none of that name. */
    state: z.enum(['created', 'live', 'ended', 'locked', 'deleted']).nullable(),
  }),
])

/** What is not media. */
export type FeedNote = z.infer<typeof feedNote>

/** @param wallOffset ms to add to the monotonic clock for ms since 1970 */
export function writeInitRecord({ tracks, buffer }: InitPacket): Buffer {
  const description = Buffer.from(writeTracks(tracks))
  const record = allocate(INIT_HEADER + description.length, buffer)
  record[PACKET_HEADROOM] = KIND_INIT
  record[PACKET_HEADROOM + 1] = 0
  record.writeUInt16BE(description.length, PACKET_HEADROOM + 2)
  record.set(description, PACKET_HEADROOM + INIT_HEADER)
  return record
}

/** @param wallOffset ms by which wall time is ahead of this machine's monotonic clock */
export function writeFragmentRecord(packet: FragmentPacket, wallOffset: number): Buffer {
  const record = allocate(FRAGMENT_HEADER, packet.buffer)
  const at = PACKET_HEADROOM
  record[at] = KIND_FRAGMENT
  record[at + 1] = packet.key ? FLAG_KEY : 0
  record.writeUInt16BE(0, at + 2)
  record.writeUInt32BE(packet.sequence >>> 0, at + 4)
  record.writeDoubleBE(packet.time, at + 8)
  record.writeDoubleBE(packet.duration, at + 16)
  record.writeDoubleBE(packet.arrivedAt + wallOffset, at + 24)
  return record
}

/** Headroom, our header, and the media of a packet: one copy for all edges. */
function allocate(header: number, packet: Buffer): Buffer {
  const media = packet.length - PACKET_HEADROOM
  const record = Buffer.allocUnsafeSlow(PACKET_HEADROOM + header + media)
  packet.copy(record, PACKET_HEADROOM + header, PACKET_HEADROOM)
  return record
}

/**
 * Reads a binary record. The packet's media stay where they are: the end of the header, which is
 * not needed any more, becomes the headroom of the packet.
 * @param wallOffset ms by which wall time is ahead of this machine's monotonic clock
 * @throws WireError `LP_FEED_RECORD`
 */
export function readMediaRecord(record: Buffer, wallOffset: number): InitPacket | FragmentPacket {
  switch (record[0]) {
    case KIND_INIT:
      return readInit(record)
    case KIND_FRAGMENT:
      return readFragment(record, wallOffset)
    default:
      throw bad(`no record begins with ${record[0] ?? 'nothing'}`)
  }
}

function readInit(record: Buffer): InitPacket {
  if (record.length < INIT_HEADER) throw bad('the header is cut')
  const length = record.readUInt16BE(2)
  if (length > MAX_TRACKS_BYTES) throw bad(`${length} bytes describe the tracks`)
  const end = INIT_HEADER + length
  if (end < PACKET_HEADROOM || record.length < end + MIN_MEDIA) throw bad('the record is cut')
  const tracks = readTracks(record.toString('utf8', INIT_HEADER, end))
  return { kind: 'init', tracks, buffer: record.subarray(end - PACKET_HEADROOM) }
}

function readFragment(record: Buffer, wallOffset: number): FragmentPacket {
  if (record.length < FRAGMENT_HEADER + MIN_MEDIA) throw bad('the record is cut')
  const time = record.readDoubleBE(8)
  const duration = record.readDoubleBE(16)
  const arrival = record.readDoubleBE(24)
  if (![time, duration, arrival].every(Number.isFinite)) throw bad('a time is no number')
  if (time < 0 || time > Number.MAX_SAFE_INTEGER || duration < 0) throw bad('a time is negative')
  return {
    kind: 'fragment',
    sequence: record.readUInt32BE(4),
    key: (record[1]! & FLAG_KEY) !== 0,
    time,
    duration,
    arrivedAt: arrival - wallOffset,
    buffer: record.subarray(FRAGMENT_HEADER - PACKET_HEADROOM),
  }
}

/** Reads a JSON record. @throws WireError `LP_FEED_RECORD` */
export function readNote(text: string): FeedNote {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw bad('a note is no JSON')
  }
  const read = feedNote.safeParse(value)
  if (!read.success) throw bad(z.prettifyError(read.error))
  return read.data
}

function bad(why: string): WireError {
  return new WireError('LP_FEED_RECORD', `the feed cannot be read: ${why}`)
}
