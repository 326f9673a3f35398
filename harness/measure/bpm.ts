/**
 * OBS's own timing message (Broadcast Performance Metrics): an SEI
 * user_data_unregistered message that OBS puts into key frames. After the UUID comes a byte whose
 * low 4 bits are the number of times less one, then for each: its type (1 = RFC 3339 text), its
 * event, and the text with a zero at its end. The text has ms of the sender's wall clock.
 */
export interface BpmTimes {
  /** All in ms since 1970 by the sender's wall clock; absent when the message lacks them. */
  readonly composed?: number
  readonly encodeRequested?: number
  readonly encodeDone?: number
  readonly interleaved?: number
}

export const BPM_TIMES_UUID: Uint8Array = Uint8Array.from([
  0x0a, 0xec, 0xff, 0xe7, 0x52, 0x72, 0x4e, 0x2f, 0xa6, 0x2f, 0xd1, 0x9c, 0xd6, 0x1a, 0x93, 0xb5,
])

const RFC3339_TEXT = 1
const EVENTS = ['composed', 'encodeRequested', 'encodeDone', 'interleaved'] as const
const MAX_TEXT = 64
const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/

/** The first timing message anywhere in an access unit; null when there is none. Never throws. */
export function findBpmTimes(bytes: Uint8Array): BpmTimes | null {
  const message = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const uuidAt = message.indexOf(BPM_TIMES_UUID)
  if (uuidAt < 0) return null
  let at = uuidAt + BPM_TIMES_UUID.length
  const count = ((message[at++] ?? 0) & 0x0f) + 1
  const times: { -readonly [event in keyof BpmTimes]: number } = {}
  for (let i = 0; i < count; i++) {
    const type = message[at++]
    const event = EVENTS[(message[at++] ?? 0) - 1]
    const end = message.indexOf(0, at)
    if (type !== RFC3339_TEXT || !event || end < 0 || end - at > MAX_TEXT) break
    const text = message.toString('latin1', at, end)
    const time = RFC3339.test(text) ? Date.parse(text) : Number.NaN
    if (Number.isNaN(time)) break
    times[event] = time
    at = end + 1
  }
  return Object.keys(times).length > 0 ? times : null
}
