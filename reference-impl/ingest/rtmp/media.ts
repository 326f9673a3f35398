import { WireError } from '../../errors.ts'
import { TICKS_PER_SECOND } from '../../live/frame.ts'
import type { Publication } from '../../live/publication.ts'
import { type AmfObject, type AmfValue, amfFields } from '../../wire/amf0.ts'
import { amfToJson } from '../../wire/amf0-json.ts'
import { hexOf, sameBytes } from '../../wire/bytes.ts'
import type { AudioTag, VideoTag } from '../../wire/flv.ts'
import { parseAudioTag, parseVideoTag } from '../../wire/flv-parse.ts'
import { type RtmpMessage, RtmpType } from '../../wire/rtmp-messages.ts'
import type { IngestRecorder } from '../recorder.ts'
import { readAudioTrack } from './audio-track.ts'
import { TimestampUnwrapper } from './unwrap.ts'
import { type PictureSize, readVideoTrack, type VideoReader } from './video-track.ts'

const TICKS_PER_MS = TICKS_PER_SECOND / 1000

/**
 * Turns audio, video and data messages of one publication into tracks, frames and metadata, and
 * writes them down. Media that breaks its format is recorded and dropped; it never throws.
 */
export class RtmpMedia {
  readonly #recorder: IngestRecorder
  readonly #clock = new TimestampUnwrapper()
  #video: VideoReader | null = null
  #videoConfig: Uint8Array | null = null
  #audioConfig: Uint8Array | null = null
  #declaredSize: PictureSize = { width: 0, height: 0 }
  #audioReady = false
  #mp3Declared = false

  constructor(recorder: IngestRecorder) {
    this.#recorder = recorder
  }

  message(message: RtmpMessage, target: Publication, now: number): void {
    if (message.payload.length === 0) return // some encoders send empty ones as keep-alive
    const dts = this.#clock.unwrap(message.timestamp) * TICKS_PER_MS
    try {
      if (message.type === RtmpType.video) {
        this.#videoTag(parseVideoTag(message.payload), dts, target, now)
      } else {
        this.#audioTag(parseAudioTag(message.payload), dts, target, now)
      }
    } catch (error) {
      if (!(error instanceof WireError)) throw error
      this.#recorder.event(now, 'error', { code: error.code, message: error.message })
    }
  }

  /** `values`: those of a data message, for example "@setDataFrame", "onMetaData", {…}. */
  data(values: readonly AmfValue[], timestamp: number, target: Publication, now: number): void {
    const [first, ...rest] = values
    const [handler, value] = first === '@setDataFrame' ? rest : [first, rest[0]]
    if (typeof handler !== 'string' || handler === '@clearDataFrame') return
    const json = amfToJson(value)
    this.#recorder.event(now, 'metadata', { handler, value: json })
    if (handler === 'onMetaData') this.#declaredSize = pictureSize(amfFields(value))
    const dts = this.#clock.unwrap(timestamp) * TICKS_PER_MS
    target.metadata({ handler, value: json, dts })
  }

  #videoTag(tag: VideoTag, dts: number, target: Publication, now: number): void {
    if (tag.packet === 'sequence-header') {
      this.#videoHeader(tag, target, now)
    } else if (tag.packet === 'frame' && tag.data.length > 0) {
      const pts = dts + tag.compositionMs * TICKS_PER_MS
      const reader = this.#video?.codec === tag.codec ? this.#video : null
      const unit = reader?.accessUnit(tag.data) ?? null
      const { key } = tag
      const idr = unit?.idr ?? false
      const size = tag.data.length
      this.#recorder.picture(now, tag.data)
      this.#recorder.frame(now, { track: 'video', dts, pts, key, idr, size })
      if (reader !== null && unit !== null) {
        if (key) this.#recorder.keyPicture(now, unit.data, reader.codec)
        target.frame({ track: 'video', dts, pts, key, data: unit.data, arrivedAt: now })
      }
    }
  }

  #videoHeader(tag: VideoTag, target: Publication, now: number): void {
    const repeated = this.#videoConfig !== null && sameBytes(this.#videoConfig, tag.data)
    this.#recorder.event(now, 'sequence-header', { kind: 'video', codec: tag.codec })
    this.#videoConfig = tag.data
    const { facts, reader, error } = readVideoTrack(tag.codec, tag.data, this.#declaredSize)
    this.#recorder.track(now, facts)
    if (error !== null) {
      this.#recorder.event(now, 'error', { code: error.code, message: error.message })
    }
    this.#video = reader
    if (reader !== null && !repeated) target.track(reader.track)
  }

  #audioTag(tag: AudioTag, dts: number, target: Publication, now: number): void {
    if (tag.packet === 'sequence-header') {
      this.#audioHeader(tag, target, now)
    } else if (tag.packet === 'frame' && tag.data.length > 0) {
      if (tag.codec !== 'mp4a' && !tag.enhanced) this.#declareLegacy(tag, now)
      const size = tag.data.length
      const frame = { track: 'audio', dts, pts: dts, key: true } as const
      this.#recorder.frame(now, { ...frame, idr: false, size })
      if (tag.codec === 'mp4a' && this.#audioReady) {
        target.frame({ ...frame, data: tag.data, arrivedAt: now })
      }
    }
  }

  #audioHeader(tag: AudioTag, target: Publication, now: number): void {
    const repeated = this.#audioConfig !== null && sameBytes(this.#audioConfig, tag.data)
    this.#recorder.event(now, 'sequence-header', { kind: 'audio', codec: tag.codec })
    this.#audioConfig = tag.data
    const { facts, track, error } = readAudioTrack(tag.codec, tag.data)
    this.#recorder.track(now, facts)
    if (error !== null) {
      this.#recorder.event(now, 'error', { code: error.code, message: error.message })
    }
    this.#audioReady = track !== null
    if (track !== null && !repeated) target.track(track)
  }

  /** MP3 and its kin have no sequence header: their first frame says what they are. */
  #declareLegacy(tag: AudioTag, now: number): void {
    if (this.#mp3Declared) return
    this.#mp3Declared = true
    const { codec, sampleRate, channels } = tag
    const config = hexOf(tag.data.subarray(0, 4))
    this.#recorder.track(now, { kind: 'audio', codec, config, sampleRate, channels })
  }
}

/** What onMetaData declares, 0 where it says nothing that a picture can be. */
function pictureSize(fields: AmfObject | undefined): PictureSize {
  const side = (value: AmfValue) =>
    typeof value === 'number' && value >= 1 && value <= 16_384 ? Math.round(value) : 0
  return { width: side(fields?.['width']), height: side(fields?.['height']) }
}
