import {
  buildNack,
  buildPli,
  buildReceiverReport,
  buildRemb,
  buildSenderReport,
} from '../../../reference-impl/wire/rtcp.ts'
import { buildRtp } from '../../../reference-impl/wire/rtp.ts'
import {
  buildStun,
  StunAttribute,
  StunClass,
  StunMethod,
} from '../../../reference-impl/wire/stun.ts'
import { type CorpusCase, type Field, fieldCases } from './corpus-case.ts'

const SSRC = 0x11223344
const RTP: readonly Field[] = [
  { name: 'version-and-counts', at: 0, size: 1 },
  { name: 'marker-and-type', at: 1, size: 1 },
  { name: 'sequence', at: 2, size: 2 },
  { name: 'timestamp', at: 4, size: 4 },
  { name: 'ssrc', at: 8, size: 4 },
  { name: 'payload-0', at: 12, size: 1 },
  { name: 'payload-1', at: 13, size: 1 },
  { name: 'payload-2', at: 14, size: 2 },
]

/** Payload type 96 is the video of the offers in this corpus, 111 their audio. */
export function healthyRtp(sequence: number, payload: Uint8Array, payloadType = 96): Buffer {
  const fixed = { marker: true, payloadType, timestamp: sequence * 3_000, ssrc: SSRC }
  return buildRtp({ ...fixed, sequence, payload })
}

/** A payload of each form that H.264 may have (RFC 6184 §5.2), and Opus. */
const PAYLOADS: Readonly<Record<string, Buffer>> = {
  single: Buffer.from('65888400', 'hex'),
  'stap-a': Buffer.from('780009', 'hex'),
  'stap-a-whole': Buffer.from(
    '7800196742c01ed900a02ff970110000030001000003003c0f162e48000468cb83cb',
    'hex',
  ),
  'fu-a-start': Buffer.from('7c8588840011', 'hex'),
  'fu-a-middle': Buffer.from('7c0588840011', 'hex'),
  'fu-a-end': Buffer.from('7c4588840011', 'hex'),
  'fu-b': Buffer.from('7d850001888400', 'hex'),
  'mtap-16': Buffer.from('7a0001000401000065888400', 'hex'),
  empty: Buffer.alloc(0),
}

function rtpCases(): CorpusCase[] {
  const forms = Object.entries(PAYLOADS).map(([name, payload]) => ({
    name: `h264/${name}`,
    bytes: healthyRtp(1, payload),
  }))
  const whole = healthyRtp(1, PAYLOADS['stap-a-whole'] ?? Buffer.alloc(0))
  const extended = Buffer.concat([whole.subarray(0, 12), Buffer.from('bede000110ff0000', 'hex')])
  extended[0] = 0x90
  return [
    ...fieldCases('rtp', whole, RTP),
    ...fieldCases('extension', Buffer.concat([extended, whole.subarray(12)]), [
      { name: 'profile', at: 12, size: 2 },
      { name: 'length', at: 14, size: 2 },
    ]),
    ...forms,
    { name: 'opus/one-byte', bytes: healthyRtp(1, Buffer.of(0xff), 111) },
    { name: 'opus/many-frames', bytes: healthyRtp(1, Buffer.of(0xff, 0x3f), 111) },
  ]
}

function rtcpCases(): CorpusCase[] {
  const packets: Readonly<Record<string, Buffer>> = {
    sr: buildSenderReport({ ssrc: SSRC, ntpMs: 1.7e12, rtpTime: 1, packets: 1, octets: 1 }),
    rr: buildReceiverReport(SSRC, [
      {
        ...{ ssrc: 1, fractionLost: 0.5, lost: 3, highest: 7, jitter: 9 },
        ...{ lastReport: 0, sinceLastReport: 0 },
      },
    ]),
    nack: buildNack(1, SSRC, [1, 2, 5, 90]),
    pli: buildPli(1, SSRC),
    remb: buildRemb(1, 5_000_000, [SSRC]),
    bye: Buffer.from('81cb000111223344', 'hex'),
    app: Buffer.from('80cc00021122334441424344', 'hex'),
  }
  return Object.entries(packets).flatMap(([name, packet]) => {
    const fields: Field[] = [
      { name: 'version-and-count', at: 0, size: 1 },
      { name: 'type', at: 1, size: 1 },
      { name: 'length', at: 2, size: 2 },
    ]
    for (let at = 4; at + 4 <= packet.length; at += 4) {
      fields.push({ name: `word-${at / 4}`, at, size: 4 })
    }
    return fieldCases(name, packet, fields)
  })
}

/** A binding request as ICE makes it; `username` is `theirs:ours`. */
export function healthyCheck(username: string, password: string, transaction: Uint8Array): Buffer {
  return buildStun({
    method: StunMethod.binding,
    class: StunClass.request,
    transaction,
    attributes: [
      { type: StunAttribute.username, value: Buffer.from(username) },
      { type: StunAttribute.priority, value: Buffer.from('6e7f00ff', 'hex') },
      { type: StunAttribute.iceControlling, value: Buffer.alloc(8, 1) },
      { type: StunAttribute.useCandidate, value: Buffer.alloc(0) },
    ],
    key: password,
    fingerprint: true,
  })
}

function stunCases(): CorpusCase[] {
  const check = healthyCheck('abcd:efgh', 'a'.repeat(22), Buffer.alloc(12, 3))
  const fields: Field[] = [
    { name: 'type', at: 0, size: 2 },
    { name: 'length', at: 2, size: 2 },
    { name: 'cookie', at: 4, size: 4 },
    { name: 'transaction', at: 8, size: 4 },
  ]
  for (let at = 20; at + 4 <= check.length; at += 4) {
    fields.push(
      { name: `attribute-${at}`, at, size: 2 },
      { name: `size-${at}`, at: at + 2, size: 2 },
    )
  }
  return fieldCases('check', check, fields)
}

/** Every field of RTP, its payloads, RTCP, and the checks that come before them. */
export const rtpTables: Readonly<Record<string, readonly CorpusCase[]>> = {
  rtp: rtpCases(),
  rtcp: rtcpCases(),
  stun: stunCases(),
}
