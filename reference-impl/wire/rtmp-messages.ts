// RTMP 1.0 (Adobe, 2012): messages, §5.4 and §7.
import { WireError } from '../errors.ts'
import { type AmfObject, type AmfValue, amfFields } from './amf0.ts'
import { decodeAmf0 } from './amf0-decode.ts'
import { encodeAmf0 } from './amf0-encode.ts'
import { ByteReader, ByteWriter } from './bytes.ts'
import { type AmfLimits, DEFAULT_AMF_LIMITS } from './limits.ts'

export const RtmpType = {
  setChunkSize: 1,
  abort: 2,
  acknowledgement: 3,
  userControl: 4,
  windowAckSize: 5,
  setPeerBandwidth: 6,
  audio: 8,
  video: 9,
  dataAmf3: 15,
  sharedObjectAmf3: 16,
  commandAmf3: 17,
  data: 18,
  sharedObject: 19,
  command: 20,
  aggregate: 22,
} as const

export const UserControl = {
  streamBegin: 0,
  streamEof: 1,
  streamDry: 2,
  setBufferLength: 3,
  streamIsRecorded: 4,
  pingRequest: 6,
  pingResponse: 7,
} as const

/** Chunk stream of protocol control messages (§5.4). */
export const CONTROL_CSID = 2
/** Chunk stream that peers use for commands of the connection. */
export const COMMAND_CSID = 3

export interface RtmpMessage {
  readonly type: number
  /** Message stream id, 0 for the connection itself. */
  readonly streamId: number
  /** ms, 32 bits, absolute */
  readonly timestamp: number
  readonly payload: Uint8Array
}

export interface RtmpCommand {
  readonly name: string
  readonly transaction: number
  /** The command object first, then the optional arguments. */
  readonly args: readonly AmfValue[]
}

function control(type: number, payload: Uint8Array): RtmpMessage {
  return { type, streamId: 0, timestamp: 0, payload }
}

function u32Payload(value: number): Buffer {
  return new ByteWriter(4).u32(value).finish()
}

export function setChunkSizeMessage(size: number): RtmpMessage {
  return control(RtmpType.setChunkSize, u32Payload(size))
}

export function abortMessage(csid: number): RtmpMessage {
  return control(RtmpType.abort, u32Payload(csid))
}

/** `sequence`: bytes received so far, modulo 2³² (§5.4.3). */
export function acknowledgementMessage(sequence: number): RtmpMessage {
  return control(RtmpType.acknowledgement, u32Payload(sequence))
}

export function windowAckSizeMessage(bytes: number): RtmpMessage {
  return control(RtmpType.windowAckSize, u32Payload(bytes))
}

/** Limit types (§5.4.5): 0 hard, 1 soft, 2 dynamic. */
export function setPeerBandwidthMessage(bytes: number, limitType: 0 | 1 | 2): RtmpMessage {
  return control(RtmpType.setPeerBandwidth, new ByteWriter(5).u32(bytes).u8(limitType).finish())
}

export function userControlMessage(event: number, ...values: readonly number[]): RtmpMessage {
  const writer = new ByteWriter(2 + 4 * values.length).u16(event)
  for (const value of values) writer.u32(value)
  return control(RtmpType.userControl, writer.finish())
}

export interface UserControlEvent {
  readonly event: number
  readonly value: number
}

/** Throws `LP_WIRE_SHORT`. */
export function parseUserControl(payload: Uint8Array): UserControlEvent {
  const reader = new ByteReader(payload)
  return { event: reader.u16(), value: reader.remaining >= 4 ? reader.u32() : 0 }
}

/** The 32-bit value of Set Chunk Size, Abort, Acknowledgement, Window Acknowledgement Size. */
export function parseU32(payload: Uint8Array): number {
  return new ByteReader(payload).u32()
}

export function commandMessage(
  command: { name: string; transaction: number; args: readonly AmfValue[] },
  streamId = 0,
): RtmpMessage {
  return {
    type: RtmpType.command,
    streamId,
    timestamp: 0,
    payload: encodeAmf0(command.name, command.transaction, ...command.args),
  }
}

export function dataMessage(
  values: readonly AmfValue[],
  streamId: number,
  timestamp = 0,
): RtmpMessage {
  return { type: RtmpType.data, streamId, timestamp, payload: encodeAmf0(...values) }
}

export function onStatusMessage(
  streamId: number,
  level: 'status' | 'error',
  code: string,
  description: string,
  more: AmfObject = {},
): RtmpMessage {
  return commandMessage(
    { name: 'onStatus', transaction: 0, args: [null, { level, code, description, ...more }] },
    streamId,
  )
}

/**
 * A command of type 20, or of type 17: there one byte comes first that says AMF0 (0), and values
 * may switch to AMF3 one by one, which we refuse because `connect` was answered with encoding 0.
 */
export function parseCommand(
  type: number,
  payload: Uint8Array,
  limits: AmfLimits = DEFAULT_AMF_LIMITS,
): RtmpCommand {
  const [name, transaction, ...args] = parseAmfMessage(type, payload, limits)
  if (typeof name !== 'string') {
    throw new WireError('LP_RTMP_COMMAND', 'a command message must begin with a string')
  }
  if (typeof transaction !== 'number' || !Number.isFinite(transaction)) {
    throw new WireError('LP_RTMP_COMMAND', `command ${name.slice(0, 40)} has no transaction number`)
  }
  return { name, transaction, args }
}

/** The values of a data or command message, AMF3 wrapper byte taken off. */
export function parseAmfMessage(
  type: number,
  payload: Uint8Array,
  limits: AmfLimits = DEFAULT_AMF_LIMITS,
): AmfValue[] {
  const wrapped = type === RtmpType.commandAmf3 || type === RtmpType.dataAmf3
  return decodeAmf0(wrapped && payload[0] === 0 ? payload.subarray(1) : payload, limits)
}

export function commandObject(command: RtmpCommand): AmfObject {
  return amfFields(command.args[0]) ?? {}
}
