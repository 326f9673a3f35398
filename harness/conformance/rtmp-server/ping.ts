import { control, MESSAGE, uint32 } from './craft/chunk.ts'
import type { RawClient } from './raw-client.ts'

/** User control events (RTMP 1.0 §7.1.7). */
const PING_REQUEST = 6
const PING_RESPONSE = 7

export function pingRequest(stamp: number): Buffer {
  return control(
    MESSAGE.userControl,
    Buffer.concat([Buffer.from([0, PING_REQUEST]), uint32(stamp)]),
  )
}

/** Whether a ping request is answered with its own timestamp. */
export async function ping(client: RawClient, stamp: number, ms = 3_000): Promise<boolean> {
  await client.send(pingRequest(stamp))
  const answer = await client.until(
    () =>
      client.messages.find(
        ({ type, body }) =>
          type === MESSAGE.userControl &&
          body.length >= 6 &&
          body.readUInt16BE() === PING_RESPONSE &&
          body.readUInt32BE(2) === stamp,
      ),
    ms,
  )
  return answer !== undefined
}
