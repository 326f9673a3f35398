import { ByteReader } from '../../wire/bytes.ts'
import type { RtmpMessage } from '../../wire/rtmp-messages.ts'

/**
 * The messages inside an aggregate message (RTMP 1.0 §7.1.6). Their times are shifted so that the
 * first has the aggregate's own. Throws `LP_WIRE_SHORT`.
 */
export function splitAggregate(message: RtmpMessage): RtmpMessage[] {
  const reader = new ByteReader(message.payload)
  const messages: RtmpMessage[] = []
  let shift: number | null = null
  while (reader.remaining > 0) {
    const type = reader.u8()
    const size = reader.u24()
    const low = reader.u24()
    const time = ((reader.u8() << 24) | low) >>> 0
    reader.skip(3) // message stream id: the aggregate's counts
    shift ??= message.timestamp - time
    const payload = reader.take(size)
    const timestamp = (time + shift) >>> 0
    messages.push({ type, streamId: message.streamId, timestamp, payload })
    if (reader.remaining > 0) reader.skip(4) // back pointer
  }
  return messages
}
