import { amfToJson } from '../../../reference-impl/wire/amf0-json.ts'
import {
  type ReceivedMessage,
  RtmpChunkReader,
} from '../../../reference-impl/wire/rtmp-chunk-reader.ts'
import {
  type ClientHandshakeFacts,
  ServerHandshake,
} from '../../../reference-impl/wire/rtmp-handshake.ts'
import { parseAmfMessage, RtmpType } from '../../../reference-impl/wire/rtmp-messages.ts'

export interface ClientSide {
  readonly handshake: ClientHandshakeFacts | null
  readonly messages: readonly ReceivedMessage[]
}

const HANDSHAKE = 1 + 2 * 1536

/** What a client sent on one connection: handshake and messages. */
export function readClientSide(bytes: Uint8Array): ClientSide {
  const handshake = new ServerHandshake()
  handshake.push(bytes.subarray(0, HANDSHAKE))
  const messages: ReceivedMessage[] = []
  new RtmpChunkReader().push(bytes.subarray(HANDSHAKE), (message) => messages.push(message))
  return { handshake: handshake.facts, messages }
}

/** Commands and metadata with their values, in order; object fields as a list, so that their order counts. */
export function amfMessages({ messages }: ClientSide) {
  return messages
    .filter(({ type }) => type === RtmpType.command || type === RtmpType.data)
    .map(({ type, csid, format, streamId, payload }) => ({
      ...{ csid, format, streamId },
      values: parseAmfMessage(type, payload).map((value) => {
        const json = amfToJson(value)
        return typeof json === 'object' && json !== null ? Object.entries(json) : json
      }),
    }))
}
