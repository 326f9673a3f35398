import { amfToJson } from '../../../reference-impl/wire/amf0-json.ts'
import {
  type ReceivedMessage,
  RtmpChunkReader,
} from '../../../reference-impl/wire/rtmp-chunk-reader.ts'
import { ServerHandshake } from '../../../reference-impl/wire/rtmp-handshake.ts'
import {
  parseAmfMessage,
  parseCommand,
  parseU32,
  RtmpType,
} from '../../../reference-impl/wire/rtmp-messages.ts'
import type { RtmpWire } from '../../encoders/rtmp-wire.ts'

const HANDSHAKE_BYTES = 1 + 2 * 1536
/** AVCPacketType of an end of sequence, and of a sequence header (FLV 10.1). */
const END_OF_SEQUENCE = 2
const SEQUENCE_HEADER = 0

type Step = RtmpWire['opening'][number]
type Fields = RtmpWire['connect']

/** What an RTMP encoder sent on one connection. */
export interface RtmpClientSide {
  readonly digest: boolean
  readonly messages: readonly ReceivedMessage[]
}

/** @throws WireError where the bytes are no RTMP */
export function readRtmpClient(bytes: Uint8Array): RtmpClientSide {
  const handshake = new ServerHandshake()
  handshake.push(bytes.subarray(0, HANDSHAKE_BYTES))
  const messages: ReceivedMessage[] = []
  new RtmpChunkReader().push(bytes.subarray(HANDSHAKE_BYTES), (message) => messages.push(message))
  return { digest: handshake.facts?.digest != null, messages }
}

/**
 * The wire behaviour of an encoder, read off its first connection, and how its last one ended.
 * @param chunkSizeWaits Set Chunk Size came after the answer to connect
 */
export function rtmpWireOf(
  first: RtmpClientSide,
  last: RtmpClientSide,
  chunkSizeWaits: boolean,
): RtmpWire {
  const { messages } = first
  const commands = commandsOf(messages)
  const find = (name: string) => commands.find((command) => command.name === name)
  const connect = find('connect')
  const publish = find('publish')
  const kind = (type: number) => messages.find((message) => message.type === type)
  const csid = connect?.csid ?? 3
  const announced = kind(RtmpType.setChunkSize)
  const named = commands.filter(({ name }) => ['releaseStream', 'FCPublish'].includes(name))
  const type = publish?.args[2]
  return {
    handshake: first.digest ? 'digest' : 'simple',
    chunkSize: announced ? parseU32(announced.payload) : null,
    opening: openingOf(messages, chunkSizeWaits),
    closing: closingOf(last.messages),
    csids: {
      command: csid,
      publish: publish?.csid ?? csid,
      audio: kind(RtmpType.audio)?.csid ?? 4,
      video: kind(RtmpType.video)?.csid ?? 6,
      data: kind(RtmpType.data)?.csid ?? 4,
    },
    chunkFormats: messages.some(({ format }) => format === 3) ? 'shortest' : 'librtmp',
    connect: connectFields(connect?.args[0]),
    publishType: type === 'record' || type === 'append' ? type : 'live',
    keySuffix: '',
    metadata: metadataFields(messages),
    acknowledges: messages.some(({ type: seen }) => seen === RtmpType.acknowledgement),
    transactions: named.some(({ transaction }) => transaction === 0) ? 'answered' : 'all',
    answersPeerBandwidth: messages.some(({ type: seen }) => seen === RtmpType.windowAckSize),
  }
}

function commandsOf(messages: readonly ReceivedMessage[]) {
  return messages
    .filter(({ type }) => type === RtmpType.command)
    .map(({ type, payload, csid }) => {
      const { name, transaction, args } = parseCommand(type, payload)
      return { name, transaction, csid, args: args.map((arg) => amfToJson(arg)) }
    })
}

/** In what order it began. That answers were waited for follows from what needs them. */
function openingOf(messages: readonly ReceivedMessage[], chunkSizeWaits: boolean): Step[] {
  const steps: Step[] = []
  const add = (step: Step) => {
    if (!steps.includes(step)) steps.push(step)
  }
  for (const { type, payload } of messages) {
    if (type === RtmpType.setChunkSize) {
      if (steps.includes('connect') && chunkSizeWaits) add('wait-connect')
      add('set-chunk-size')
    }
    if (type === RtmpType.command) {
      const { name } = parseCommand(type, payload)
      // Only an ingest that answered connect was told the rest.
      if (steps.includes('connect')) add('wait-connect')
      if (name === 'publish') add('wait-createStream')
      if (['connect', 'releaseStream', 'FCPublish', 'createStream', 'publish'].includes(name))
        add(name as Step)
    } else if (type === RtmpType.data) {
      add('wait-publish')
      add('metadata')
    } else if (isHeader(payload, type)) {
      add('wait-publish')
      add(type === RtmpType.video ? 'video-header' : 'audio-header')
    }
  }
  return steps
}

function isHeader(payload: Uint8Array, type: number): boolean {
  const [first = 0, second] = payload
  if (second !== SEQUENCE_HEADER) return false
  return type === RtmpType.video
    ? (first & 0x0f) === 7
    : type === RtmpType.audio && first >> 4 === 10
}

function closingOf(messages: readonly ReceivedMessage[]): RtmpWire['closing'] {
  return messages.flatMap(({ type, payload }): RtmpWire['closing'] => {
    if (type === RtmpType.video)
      return (payload[0]! & 0x0f) === 7 && payload[1] === END_OF_SEQUENCE ? ['end-of-sequence'] : []
    if (type !== RtmpType.command) return []
    const { name, args } = parseCommand(type, payload)
    if (name === 'FCUnpublish') return [name]
    if (name !== 'deleteStream') return []
    return [typeof args[1] === 'string' ? 'deleteStream-by-name' : 'deleteStream']
  })
}

function connectFields(object: unknown): Fields {
  const tcUrl = (object as { tcUrl?: unknown } | undefined)?.tcUrl
  return plainFields(object).map(([name, value]) => {
    if (name === 'app') return [name, { from: 'app' }]
    // Addresses are those of the target that is published to; others are left out by their name.
    if (name === 'tcUrl' || value === tcUrl) return [name, { from: 'tcUrl' }]
    return [name, value]
  })
}

/** Where a declared value comes from, so that it fits the clip that is sent. */
const FROM_MEDIA = {
  width: 'width',
  height: 'height',
  framerate: 'frameRate',
  videocodecid: 'videoCodecId',
  audiocodecid: 'audioCodecId',
  videodatarate: 'videoKbps',
  audiodatarate: 'audioKbps',
  audiosamplerate: 'sampleRate',
} as const

function metadataFields(messages: readonly ReceivedMessage[]): Fields {
  const data = messages.find(({ type }) => type === RtmpType.data)
  if (!data) return []
  const value = parseAmfMessage(data.type, data.payload)
    .map((item) => amfToJson(item))
    .findLast((item) => typeof item === 'object' && item !== null)
  return plainFields(value).map(([name, said]) => {
    const from = Object.hasOwn(FROM_MEDIA, name) && typeof said === 'number'
    return [name, from ? { from: FROM_MEDIA[name as keyof typeof FROM_MEDIA] } : said]
  })
}

function plainFields(value: unknown): [string, string | number | boolean][] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).filter(
    (entry): entry is [string, string | number | boolean] =>
      ['string', 'number', 'boolean'].includes(typeof entry[1]) &&
      (typeof entry[1] !== 'number' || Number.isFinite(entry[1])),
  )
}
