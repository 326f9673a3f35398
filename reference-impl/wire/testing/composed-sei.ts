import { escapeNal } from '../nal.ts'

const STAMP_UUID = Buffer.from('6c69766570724fb79dc3e15a8b2fd497', 'hex')
const BPM_TIMES_UUID = Buffer.from('0aecffe752724e2fa62fd19cd61a93b5', 'hex')
const HEADERS = { avc1: [0x06], hvc1: [0x4e, 0x01] } as const

/** Payload of our frame stamp; `ms` of the monotonic clock. */
export function stampData(ms: number): Buffer {
  return Buffer.concat([STAMP_UUID, Buffer.from(`LP1 0badcafe 7 ${Math.round(ms * 1000)}\n`)])
}

/** Payload of OBS's times: `composed`, and the end of encoding 20 ms later; ms since 1970. */
export function bpmData(composed: number): Buffer {
  const time = (event: number, ms: number) =>
    Buffer.from(`\x01${String.fromCharCode(event)}${new Date(ms).toISOString()}\0`)
  return Buffer.concat([BPM_TIMES_UUID, Buffer.of(1), time(3, composed + 20), time(1, composed)])
}

/** An SEI NAL unit of these messages: payload type and payload. */
export function sei(
  messages: readonly (readonly [type: number, payload: Uint8Array])[],
  codec: 'avc1' | 'hvc1' = 'avc1',
): Uint8Array {
  const bytes = messages.flatMap(([type, payload]) => [
    ...number(type),
    ...number(payload.length),
    ...payload,
  ])
  return Uint8Array.from([...HEADERS[codec], ...escapeNal(Uint8Array.from([...bytes, 0x80]))])
}

function number(value: number): number[] {
  return [...Array<number>(Math.floor(value / 255)).fill(255), value % 255]
}
