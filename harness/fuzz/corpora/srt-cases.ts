import {
  buildSrtAck,
  buildSrtDropRequest,
  buildSrtNak,
} from '../../../reference-impl/wire/srt-control.ts'
import {
  buildSrtCapabilities,
  buildSrtText,
  SRT_LIVE_FLAGS,
} from '../../../reference-impl/wire/srt-extensions.ts'
import {
  buildSrtHandshake,
  SRT_DATAGRAM,
  type SrtExtension,
  SrtExtensionFlag,
  SrtExtensionType,
  SrtHandshakeType,
} from '../../../reference-impl/wire/srt-handshake.ts'
import { buildSrtKeyMaterial } from '../../../reference-impl/wire/srt-key-material.ts'
import {
  buildSrtControl,
  buildSrtData,
  SrtControl,
  SrtKey,
  SrtPosition,
} from '../../../reference-impl/wire/srt-packet.ts'
import { type CorpusCase, type Field, fieldCases } from './corpus-case.ts'

/** The stream id that cases name; whoever sends them puts another in its place. */
export const SRT_STREAM_ID = 'push:ABCDE-XYZ12'

const HEADER: readonly Field[] = [
  { name: 'type', at: 0, size: 2 },
  { name: 'subtype', at: 2, size: 2 },
  { name: 'info', at: 4, size: 4 },
  { name: 'timestamp', at: 8, size: 4 },
  { name: 'destination', at: 12, size: 4 },
]
const HANDSHAKE: readonly Field[] = [
  { name: 'version', at: 16, size: 4 },
  { name: 'encryption', at: 20, size: 2 },
  { name: 'extension-field', at: 22, size: 2 },
  { name: 'initial-sequence', at: 24, size: 4 },
  { name: 'mtu', at: 28, size: 4 },
  { name: 'flow-window', at: 32, size: 4 },
  { name: 'handshake-type', at: 36, size: 4 },
  { name: 'socket-id', at: 40, size: 4 },
  { name: 'cookie', at: 44, size: 4 },
  { name: 'peer-address', at: 48, size: 4 },
]
const EXTENSIONS: readonly Field[] = [
  { name: 'hsreq-type', at: 64, size: 2 },
  { name: 'hsreq-length', at: 66, size: 2 },
  { name: 'srt-version', at: 68, size: 4 },
  { name: 'flags', at: 72, size: 4 },
  { name: 'receiver-latency', at: 76, size: 2 },
  { name: 'sender-latency', at: 78, size: 2 },
  { name: 'sid-type', at: 80, size: 2 },
  { name: 'sid-length', at: 82, size: 2 },
  { name: 'sid-first-word', at: 84, size: 4 },
]
const KEY_MATERIAL: readonly Field[] = [
  { name: 'version-and-type', at: 0, size: 1 },
  { name: 'signature', at: 1, size: 2 },
  { name: 'keys', at: 3, size: 1 },
  { name: 'key-index', at: 4, size: 4 },
  { name: 'cipher', at: 8, size: 1 },
  { name: 'authentication', at: 9, size: 1 },
  { name: 'encapsulation', at: 10, size: 1 },
  { name: 'salt-length', at: 14, size: 1 },
  { name: 'key-length', at: 15, size: 1 },
  { name: 'salt', at: 16, size: 4 },
  { name: 'wrapped', at: 32, size: 4 },
]
const DATA: readonly Field[] = [
  { name: 'sequence', at: 0, size: 4 },
  { name: 'message', at: 4, size: 4 },
  { name: 'timestamp', at: 8, size: 4 },
  { name: 'destination', at: 12, size: 4 },
]

const fixed = {
  encryption: 0,
  initialSequence: 1_000,
  mtu: 1500,
  flowWindow: 8192,
  socketId: 0x1234567,
  cookie: 0,
  peerAddress: Uint8Array.of(1, 0, 0, 127),
}
const keyMaterial = buildSrtKeyMaterial({
  keys: SrtKey.even,
  salt: Buffer.alloc(16, 7),
  keyBytes: 16,
  wrapped: Buffer.alloc(24, 9),
})

function control(type: number, body?: Buffer, subtype = 0, info = 0): Buffer {
  const fields = { type, subtype, info, timestamp: 1_000, destination: 0 }
  return buildSrtControl(body === undefined ? fields : { ...fields, body })
}

export function healthyInduction(): Buffer {
  const handshake = { ...fixed, version: 4, extensionField: SRT_DATAGRAM, extensions: [] }
  return control(
    SrtControl.handshake,
    buildSrtHandshake({ ...handshake, type: SrtHandshakeType.induction }),
  )
}

/** The cookie is whoever sends it to fill in. */
export function healthyConclusion(streamId: string, more: { keys?: Uint8Array } = {}): Buffer {
  const capabilities = { version: 0x010501, flags: SRT_LIVE_FLAGS }
  const extensions: SrtExtension[] = [
    {
      type: SrtExtensionType.handshakeRequest,
      content: buildSrtCapabilities({ ...capabilities, receiverLatency: 20, senderLatency: 20 }),
    },
    { type: SrtExtensionType.streamId, content: buildSrtText(streamId) },
  ]
  if (more.keys) {
    extensions.push({
      type: SrtExtensionType.keyMaterialRequest,
      content: Buffer.from(more.keys.subarray(0, more.keys.length & ~3)),
    })
  }
  return control(
    SrtControl.handshake,
    buildSrtHandshake({
      ...fixed,
      version: 5,
      extensionField:
        SrtExtensionFlag.handshake |
        SrtExtensionFlag.config |
        (more.keys ? SrtExtensionFlag.keyMaterial : 0),
      type: SrtHandshakeType.conclusion,
      extensions,
    }),
  )
}

/** One packet of `payload`; `number` counts from the conclusion's initial sequence number. */
export function healthyData(number: number, payload: Uint8Array): Buffer {
  return buildSrtData({
    sequence: fixed.initialSequence + number,
    position: SrtPosition.only,
    inOrder: false,
    key: SrtKey.none,
    retransmitted: false,
    message: number + 1,
    timestamp: 2_000 + number * 1_000,
    destination: 0,
    payload,
  })
}

export function healthyControls(): Buffer[] {
  const rates = { rtt: 100_000, rttVariance: 50_000, availableBuffer: 8_000 }
  const full = { ...rates, packetRate: 100, linkCapacity: 1_000, byteRate: 100_000 }
  return [
    control(SrtControl.keepAlive),
    control(SrtControl.ack, buildSrtAck({ sequence: 1_000, full }), 0, 1),
    control(
      SrtControl.nak,
      buildSrtNak([
        [1_000, 1_000],
        [1_002, 1_009],
      ]),
    ),
    control(SrtControl.congestionWarning),
    control(SrtControl.ackAck, undefined, 0, 1),
    control(SrtControl.dropRequest, buildSrtDropRequest([1_000, 1_001]), 0, 1),
    control(SrtControl.peerError, undefined, 0, 1),
    control(SrtControl.userDefined, keyMaterial, SrtExtensionType.keyMaterialRequest),
    control(SrtControl.shutdown),
  ]
}

function words(prefix: string, packet: Buffer): CorpusCase[] {
  const fields: Field[] = []
  for (let at = 16; at + 4 <= packet.length; at += 4) {
    fields.push({ name: `word-${(at - 16) / 4}`, at, size: 4 })
  }
  return fieldCases(prefix, packet, [...HEADER, ...fields])
}

function handshakeCases(): CorpusCase[] {
  const conclusion = healthyConclusion(SRT_STREAM_ID)
  const repeated = Buffer.concat([
    conclusion,
    ...Array.from({ length: 40 }, () => conclusion.subarray(80)),
  ])
  const texts = { traversal: '../../../../etc', zeros: '\0\0\0\0', long: 'x'.repeat(600) }
  return [
    ...fieldCases('induction', healthyInduction(), [...HEADER, ...HANDSHAKE]),
    ...fieldCases('conclusion', conclusion, [...HEADER, ...HANDSHAKE, ...EXTENSIONS]),
    { name: 'conclusion/forty-stream-ids', bytes: repeated },
    { name: 'conclusion/one-byte-more', bytes: Buffer.concat([conclusion, Buffer.of(0)]) },
    ...Object.entries(texts).map(([name, text]) => ({
      name: `conclusion/stream-id-${name}`,
      bytes: healthyConclusion(text),
    })),
  ]
}

function keyMaterialCases(): CorpusCase[] {
  const refresh = SrtExtensionType.keyMaterialRequest
  return fieldCases('key-material', keyMaterial, KEY_MATERIAL).flatMap(({ name, bytes }) => [
    { name, bytes: healthyConclusion(SRT_STREAM_ID, { keys: bytes }) },
    { name: `refresh-${name}`, bytes: control(SrtControl.userDefined, bytes, refresh) },
  ])
}

const NAMES = [
  ...['keep-alive', 'ack', 'nak', 'congestion', 'ackack', 'drop', 'error', 'refresh'],
  'shutdown',
]

/** Every field of every SRT packet, by file. */
export const srtTables: Readonly<Record<string, readonly CorpusCase[]>> = {
  handshake: handshakeCases(),
  'key-material': keyMaterialCases(),
  control: healthyControls().flatMap((packet, i) => words(NAMES[i] ?? '', packet)),
  data: fieldCases('data', healthyData(0, Buffer.alloc(188, 0x47)), DATA),
}
