// When an access unit was composed, as encoders write it into SEI user_data_unregistered messages
// (H.264 D.1.7, H.265 D.2.7): our frame stamp, and OBS's Broadcast Performance Metrics.
import { sameBytes } from './bytes.ts'
import { H264NalType, h264NalType } from './h264.ts'
import { HevcNalType, hevcNalType } from './hevc.ts'
import {
  MAX_BPM_TEXT,
  MAX_SEI_BYTES,
  MAX_SEI_MESSAGES,
  MAX_SEI_UNITS,
  MAX_STAMP_TEXT,
  MAX_UNITS_LOOKED_AT,
} from './limits.ts'
import { unescapeNal } from './nal.ts'

const LENGTH_BYTES = 4
const USER_DATA_UNREGISTERED = 5
const UUID_BYTES = 16
const STAMP_UUID = Buffer.from('6c69766570724fb79dc3e15a8b2fd497', 'hex')
const BPM_TIMES_UUID = Buffer.from('0aecffe752724e2fa62fd19cd61a93b5', 'hex')

/** `LP1 `, stream tag, frame number, µs of the sender's monotonic clock. */
const STAMP_TEXT = /^LP1 [0-9a-f]{8} (?:0|[1-9]\d{0,15}) (0|[1-9]\d{0,15})\n/

const BPM_RFC3339 = 1
const BPM_COMPOSED = 1
const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/

/** By the sender's clock: `monotonic` counts from the start of its machine, `wall` from 1970. */
export interface ComposedTime {
  readonly clock: 'monotonic' | 'wall'
  readonly ms: number
}

/**
 * The first composed time in an access unit of 4-byte length-prefixed NAL units; undefined where
 * none can be read. Our stamp comes before OBS's time, because it is the finer one. Never throws.
 */
export function readComposedTime(
  accessUnit: Uint8Array,
  codec: 'avc1' | 'hvc1',
): ComposedTime | undefined {
  const view = new DataView(accessUnit.buffer, accessUnit.byteOffset, accessUnit.byteLength)
  let [at, wall, read] = [0, undefined as ComposedTime | undefined, 0]
  for (let looked = 0; looked < MAX_UNITS_LOOKED_AT && read < MAX_SEI_UNITS; looked++) {
    if (at + LENGTH_BYTES >= view.byteLength) break
    const start = at + LENGTH_BYTES
    at = start + view.getUint32(at)
    if (at > view.byteLength) break
    const header = seiHeader(accessUnit.subarray(start, at), codec)
    if (header === 0) continue
    read += 1
    const end = Math.min(at, start + header + MAX_SEI_BYTES)
    const found = readSei(accessUnit.subarray(start + header, end))
    if (found?.clock === 'monotonic') return found
    wall ??= found
  }
  return wall
}

/** Bytes of the NAL header of an SEI; 0 for another NAL unit. */
function seiHeader(unit: Uint8Array, codec: 'avc1' | 'hvc1'): 0 | 1 | 2 {
  if (codec === 'avc1') return h264NalType(unit) === H264NalType.sei ? 1 : 0
  const type = unit.length < 2 ? undefined : hevcNalType(unit)
  return type === HevcNalType.prefixSei || type === HevcNalType.suffixSei ? 2 : 0
}

/** The messages of one SEI NAL unit (H.264 7.3.2.3.1). */
function readSei(escaped: Uint8Array): ComposedTime | undefined {
  const bytes = unescapeNal(escaped)
  let [at, wall] = [0, undefined as ComposedTime | undefined]
  /** A number of as many 255s as there are, and the byte after them. */
  const number = (): number => {
    let value = 0
    while (bytes[at] === 255) {
      value += 255
      at += 1
    }
    value += bytes[at] ?? 0
    at += 1
    return value
  }
  for (let message = 0; message < MAX_SEI_MESSAGES && at < bytes.length; message++) {
    const [type, size] = [number(), number()]
    const payload = bytes.subarray(at, at + size)
    at += size
    if (type !== USER_DATA_UNREGISTERED || payload.length < UUID_BYTES) continue
    const found = readUserData(payload)
    if (found?.clock === 'monotonic') return found
    wall ??= found
  }
  return wall
}

function readUserData(payload: Uint8Array): ComposedTime | undefined {
  const uuid = payload.subarray(0, UUID_BYTES)
  const body = Buffer.from(payload.buffer, payload.byteOffset, payload.length).subarray(UUID_BYTES)
  if (sameBytes(uuid, STAMP_UUID)) return readStamp(body)
  return sameBytes(uuid, BPM_TIMES_UUID) ? readBpm(body) : undefined
}

function readStamp(body: Buffer): ComposedTime | undefined {
  const match = STAMP_TEXT.exec(body.toString('latin1', 0, MAX_STAMP_TEXT))
  const us = match === null ? Number.NaN : Number(match[1])
  return Number.isSafeInteger(us) ? { clock: 'monotonic', ms: us / 1000 } : undefined
}

/** A number of times less one in 4 bits, then for each its type, its event, and text up to a zero. */
function readBpm(body: Buffer): ComposedTime | undefined {
  const count = ((body[0] ?? 0) & 15) + 1
  let at = 1
  for (let i = 0; i < count; i++) {
    const [type, event] = [body[at], body[at + 1]]
    const end = body.indexOf(0, at + 2)
    if (type !== BPM_RFC3339 || end < 0 || end - at > MAX_BPM_TEXT) return undefined
    const text = body.toString('latin1', at + 2, end)
    at = end + 1
    if (event !== BPM_COMPOSED) continue
    const ms = RFC3339.test(text) ? Date.parse(text) : Number.NaN
    return Number.isNaN(ms) ? undefined : { clock: 'wall', ms }
  }
  return undefined
}
