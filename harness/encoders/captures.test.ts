import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  type ReceivedMessage,
  RtmpChunkReader,
} from '../../reference-impl/wire/rtmp-chunk-reader.ts'
import { RtmpChunkWriter } from '../../reference-impl/wire/rtmp-chunk-writer.ts'
import { ServerHandshake } from '../../reference-impl/wire/rtmp-handshake.ts'
import {
  commandMessage,
  onStatusMessage,
  parseCommand,
  type RtmpMessage,
  RtmpType,
  setPeerBandwidthMessage,
} from '../../reference-impl/wire/rtmp-messages.ts'
import { loadClip } from './clip.ts'
import { loadProfile } from './load-profile.ts'
import type { Profile } from './profile.ts'
import { RtmpPublisher } from './rtmp-publisher.ts'
import { metadataValue, wireFields, wireValues } from './rtmp-values.ts'
import { amfMessages, type ClientSide, readClientSide } from './testing/client-messages.ts'
import { Timeline } from './timeline.ts'

const CASES = [
  { id: 'obs-29', capture: 'obs-29.0.2-rtmp.bin' },
  { id: 'ffmpeg-5.1', capture: 'ffmpeg-5.1-rtmp.bin' },
  { id: 'gstreamer', capture: 'gstreamer-1.22-rtmp.bin' },
] as const

/** A server that agrees to everything. */
function answer(message: ReceivedMessage): RtmpMessage[] {
  if (message.type !== RtmpType.command) return []
  const { name, transaction } = parseCommand(message.type, message.payload)
  const code = 'NetConnection.Connect.Success'
  const window = 5_000_000
  if (name === 'connect')
    return [
      setPeerBandwidthMessage(window, 2),
      commandMessage({ name: '_result', transaction, args: [{}, { code }] }),
    ]
  if (name === 'createStream')
    return [commandMessage({ name: '_result', transaction, args: [null, 1] })]
  if (name === 'publish') return [onStatusMessage(1, 'status', 'NetStream.Publish.Start', '')]
  return []
}

/** When GStreamer was captured, which it tells. */
const CAPTURED_AT = new Date('2026-11-21T04:40:31Z')

/** The client's bytes of a short simulated session. */
function simulate({ rtmp, media }: Profile): ClientSide {
  if (!rtmp) throw new Error('a profile without RTMP')
  const [video, audio] = [loadClip(media.video ?? ''), loadClip(media.audio ?? '')]
  const address = { app: 'live', tcUrl: 'rtmp://127.0.0.1:19350/live' }
  const values = wireValues(address, media, video, audio, CAPTURED_AT)
  const publisher = new RtmpPublisher({
    wire: rtmp,
    connect: wireFields(rtmp.connect, values),
    streamKey: 'ABCDE-XYZ12',
    metadata: metadataValue(rtmp.metadata, values),
    videoHeader: video.header,
    audioHeader: audio.header,
  })
  const handshake = new ServerHandshake()
  const reader = new RtmpChunkReader()
  const writer = new RtmpChunkWriter()
  const sent: Buffer[] = [publisher.start()]
  const toServer = (bytes: Uint8Array, handshaken: boolean): Buffer[] => {
    if (!handshaken) return [...handshake.push(bytes).send]
    const answers: Buffer[] = []
    reader.push(bytes, (message) => answers.push(...answer(message).map((a) => writer.write(a, 3))))
    return answers
  }
  let pending = toServer(sent[0]!, false)
  for (let handshaken = false; pending.length > 0; handshaken = true) {
    const { send } = publisher.push(Buffer.concat(pending))
    sent.push(...send)
    pending = []
    for (const [i, bytes] of send.entries()) pending.push(...toServer(bytes, handshaken || i > 0))
  }
  const timeline = new Timeline({
    ...{ video, audio, misbehaviours: [], firstVideoFrame: 0, firstAudioFrame: 0 },
    videoStartMs: media.videoStartMs,
  })
  for (let i = 0; i < 200; i++) {
    const unit = timeline.take()!
    sent.push(publisher.media(unit.track, unit.dtsMs, unit.body))
  }
  sent.push(...publisher.close())
  return readClientSide(Buffer.concat(sent))
}

function capture(name: string): ClientSide {
  return readClientSide(readFileSync(new URL(`../../fixtures/captures/${name}`, import.meta.url)))
}

const isMedia = ({ type }: ReceivedMessage): boolean =>
  type === RtmpType.audio || type === RtmpType.video

describe.each(CASES)('simulated $id', ({ id, capture: name }) => {
  const real = capture(name)
  const simulated = simulate(loadProfile(id))

  it('shakes hands like the capture', () => {
    expect(simulated.handshake).toMatchObject({
      version: real.handshake?.version,
      c1Zero: real.handshake?.c1Zero,
      digest: real.handshake?.digest,
    })
  })

  it('opens with the same commands and metadata, field by field', () => {
    const opening = (side: ClientSide) => {
      const messages = amfMessages(side)
      return messages.slice(0, 1 + messages.findIndex(({ values }) => values[1] === 'onMetaData'))
    }
    const withoutDuration = JSON.stringify(opening(real)).replace(
      '["duration",8]',
      '["duration",0]',
    )
    expect(opening(real).length).toBe(6)
    expect(JSON.parse(JSON.stringify(opening(simulated)))).toEqual(JSON.parse(withoutDuration))
  })

  it('sends the same kinds of messages in the same order up to the first frames', () => {
    const kinds = ({ messages }: ClientSide) =>
      messages
        .slice(0, 9)
        .map(({ type, csid, format, streamId }) => ({ type, csid, format, streamId }))
    expect(kinds(simulated)).toEqual(kinds(real))
  })

  it('chooses chunk header forms by the same rule', () => {
    const { chunkFormats } = loadProfile(id).rtmp ?? {}
    for (const side of [real, simulated]) {
      const last = new Map<number, ReceivedMessage & { field: number }>()
      let checked = 0
      for (const message of side.messages) {
        const before = last.get(message.csid)
        const step = message.timestamp - (before?.timestamp ?? 0)
        if (before && isMedia(message) && message.timestamp > 0) {
          const same =
            before.type === message.type && before.payload.length === message.payload.length
          const three = chunkFormats === 'shortest' && step === before.field
          expect(message.format).toBe(same ? (three ? 3 : 2) : 1)
          checked++
        }
        last.set(message.csid, {
          ...message,
          field: message.format === 0 ? message.timestamp : step,
        })
      }
      expect(checked).toBeGreaterThan(150)
    }
  })
})

it.each(CASES.slice(1))('simulated $id closes like the capture', ({ id, capture: name }) => {
  const closing = (side: ClientSide) =>
    side.messages
      .slice(-3)
      .map(({ type, csid, format, payload }) => ({ type, csid, format, length: payload.length }))
  expect(closing(simulate(loadProfile(id)))).toEqual(closing(capture(name)))
})
