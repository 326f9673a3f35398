import { type Metadata, TICKS_PER_SECOND } from '../../live/frame.ts'
import { type FragmentPacket, mediaOf, type TrackSet } from '../../live/packet.ts'
import type { AmfObject, AmfValue } from '../../wire/amf0.ts'
import {
  buildAacFrame,
  buildAacSequenceHeader,
  buildAvcFrame,
  buildAvcSequenceHeader,
  buildEnhancedAudio,
  buildEnhancedFrame,
  buildEnhancedSequenceHeader,
} from '../../wire/flv-build.ts'
import { VIDEO_TRACK_ID } from '../../wire/fmp4-init.ts'
import { type MediaSample, samplesOf } from '../../wire/fmp4-samples.ts'
import { dataMessage, type RtmpMessage, RtmpType } from '../../wire/rtmp-messages.ts'

/** A message that has no message stream yet. */
export type MediaMessage = Omit<RtmpMessage, 'streamId'>

const built = new WeakMap<FragmentPacket, readonly MediaMessage[]>()

/** The frames of a fragment as FLV tag bodies, in order of time; made once for all who send them. */
export function mediaMessages(packet: FragmentPacket, tracks: TrackSet): readonly MediaMessage[] {
  const known = built.get(packet)
  if (known !== undefined) return known
  const messages = samplesOf(mediaOf(packet))
    .flatMap((sample) => {
      const message = messageOf(sample, tracks)
      return message === undefined ? [] : [message]
    })
    .sort((a, b) => a.timestamp - b.timestamp)
  built.set(packet, messages)
  return messages
}

function messageOf(sample: MediaSample, { video, audio }: TrackSet): MediaMessage | undefined {
  const { decodeTime, data, key } = sample
  if (sample.trackId === VIDEO_TRACK_ID) {
    if (video === undefined) return undefined
    const compositionMs = ticksToMs(decodeTime + sample.compositionOffset) - ticksToMs(decodeTime)
    const payload =
      video.codec === 'avc1'
        ? buildAvcFrame(key, compositionMs, data)
        : buildEnhancedFrame(video.codec, key, compositionMs, data)
    return { type: RtmpType.video, timestamp: ticksToMs(decodeTime), payload }
  }
  if (audio === undefined) return undefined
  const timestamp = Math.round((decodeTime * 1000) / audio.sampleRate)
  const payload =
    audio.codec === 'mp4a' ? buildAacFrame(data) : buildEnhancedAudio('Opus', false, data)
  return { type: RtmpType.audio, timestamp, payload }
}

export function ticksToMs(ticks: number): number {
  return Math.round((ticks * 1000) / TICKS_PER_SECOND)
}

/** What decoders need first. `timestamp`: ms */
export function sequenceHeaders({ video, audio }: TrackSet, timestamp: number): MediaMessage[] {
  const headers: MediaMessage[] = []
  if (video !== undefined) {
    const payload =
      video.codec === 'avc1'
        ? buildAvcSequenceHeader(video.config)
        : buildEnhancedSequenceHeader(video.codec, video.config)
    headers.push({ type: RtmpType.video, timestamp, payload })
  }
  if (audio !== undefined) {
    const payload =
      audio.codec === 'mp4a'
        ? buildAacSequenceHeader(audio.config)
        : buildEnhancedAudio('Opus', true, opusHead(audio.config))
    headers.push({ type: RtmpType.audio, timestamp, payload })
  }
  return headers
}

/** Enhanced RTMP carries `OpusHead` (RFC 7845 §5.1, little-endian); fMP4's dOps is big-endian. */
function opusHead(dOps: Uint8Array): Buffer {
  const from = Buffer.from(dOps)
  const head = Buffer.concat([Buffer.from('OpusHead'), from])
  head[8] = 1
  head.writeUInt16LE(from.readUInt16BE(2), 10)
  head.writeUInt32LE(from.readUInt32BE(4), 12)
  head.writeInt16LE(from.readInt16BE(8), 16)
  return head
}

/** FLV 10.1 §E.5: onMetaData from what the tracks say. */
export function metaDataOf(tracks: TrackSet, frameRate: number | null): AmfObject {
  const { video, audio } = tracks
  const fields: AmfObject = {}
  if (video !== undefined) {
    fields['width'] = video.width
    fields['height'] = video.height
    fields['videocodecid'] = video.codec === 'avc1' ? 7 : Buffer.from(video.codec).readUInt32BE()
    if (frameRate !== null) fields['framerate'] = frameRate
  }
  if (audio !== undefined) {
    fields['audiocodecid'] = audio.codec === 'mp4a' ? 10 : Buffer.from('Opus').readUInt32BE()
    fields['audiosamplerate'] = audio.sampleRate
    fields['audiosamplesize'] = 16
    fields['stereo'] = audio.channels > 1
  }
  return fields
}

/** In-band metadata. `toServer`: as a publisher sends it. `timestamp`: ms */
export function metadataMessage(
  handler: string,
  value: Metadata['value'],
  timestamp: number,
  toServer: boolean,
): MediaMessage {
  const values = [handler, value as AmfValue]
  const wrapped = toServer && handler === 'onMetaData' ? ['@setDataFrame', ...values] : values
  return dataMessage(wrapped, 0, timestamp)
}
