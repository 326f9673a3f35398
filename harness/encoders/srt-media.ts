import { buildAdts } from '../../reference-impl/wire/aac-adts.ts'
import { parseAvcC } from '../../reference-impl/wire/h264.ts'
import { TS_PACKET_BYTES, TsStreamType } from '../../reference-impl/wire/mpeg-ts.ts'
import { TsMuxer } from '../../reference-impl/wire/mpeg-ts-muxer.ts'
import { joinAnnexB, splitLengthPrefixed } from '../../reference-impl/wire/nal.ts'
import type { Clip } from './clip.ts'
import type { SrtWire } from './srt-wire.ts'
import { TsServiceDescription } from './ts-service-description.ts'

const SECOND_VIDEO_PID = 0x102
const VIDEO_ID = 0xe0
const AUDIO_ID = 0xc0
/** First byte, packet type and composition time of an AVC tag; first byte and type of an AAC tag. */
const AVC_TAG_BYTES = 5
const AAC_TAG_BYTES = 2
const TICKS_PER_MS = 90
const TIMED_PICTURES = 10
const NOTHING: Buffer = Buffer.alloc(0)
/** What waits to be sent before anything was. */
const BEFORE_MEDIA: Buffer = Buffer.alloc(0)
/** With which the muxer begins: PAT and PMT. */
const TABLES = 2
const ACCESS_UNIT_DELIMITER = Uint8Array.of(0x09, 0xf0)

/** Puts a clip's frames (FLV tag bodies) into a transport stream, and that into payloads. */
export class SrtMedia {
  readonly #wire: SrtWire
  readonly #muxer: TsMuxer
  readonly #audioConfig: Uint8Array
  #parameterSets: Uint8Array[]
  #waiting: Buffer = BEFORE_MEDIA
  #packets = 0
  #pictures = 0
  #timedAt = 0
  readonly #description: TsServiceDescription | null
  /** AAC frames that wait for others. */
  #collected: { dts: number; parts: Buffer[]; bytes: number } | null = null

  constructor(wire: SrtWire, video: Clip | null, audio: Clip | null) {
    this.#wire = wire
    const { tableMs, pcrMs, pcrBehindMs, boundedVideo, pids } = wire
    const streams = [
      ...(video ? [{ pid: pids.video, type: TsStreamType.h264 }] : []),
      ...(audio ? [{ pid: pids.audio, type: TsStreamType.adts }] : []),
      ...(wire.secondVideo ? [{ pid: SECOND_VIDEO_PID, type: TsStreamType.h264 }] : []),
    ]
    this.#muxer = new TsMuxer({
      ...{ streams, tableMs, pcrMs, pcrBehindMs, boundedVideo },
      pcrPid: video ? pids.video : pids.audio,
      pmtPid: pids.pmt,
    })
    this.#description = wire.sdt ? new TsServiceDescription(wire.sdt) : null
    this.#parameterSets = parameterSetsOf(video)
    this.#audioConfig = audio?.header?.subarray(AAC_TAG_BYTES) ?? new Uint8Array(0)
  }

  /** A new clip begins: its parameter sets go with the next key frame. */
  announce(clip: Clip): void {
    this.#parameterSets = parameterSetsOf(clip)
  }

  /** Payloads that are complete with this frame; what is left waits for the next. */
  frame(track: 'video' | 'audio', dtsMs: number, key: boolean, body: Uint8Array): Buffer[] {
    const dts = Math.round((this.#wire.startMs + dtsMs) * TICKS_PER_MS)
    const bytes = track === 'video' ? this.#video(dts, key, body) : this.#audio(dts, body)
    if (bytes.length === 0) return []
    const described = [this.#description?.due(dts) ?? NOTHING, bytes]
    const media = Buffer.concat(described)
    const begins = this.#waiting === BEFORE_MEDIA
    this.#waiting = Buffer.concat([this.#waiting, ...this.#damaged(media)])
    const { payloadBytes, payloads: sends, repeatsFirstTables } = this.#wire
    const payloads: Buffer[] = []
    if (begins && repeatsFirstTables) {
      for (let at = 0; at < TABLES * TS_PACKET_BYTES; at += TS_PACKET_BYTES) {
        payloads.push(media.subarray(at, at + TS_PACKET_BYTES))
      }
    }
    while (this.#waiting.length >= payloadBytes) {
      payloads.push(this.#waiting.subarray(0, payloadBytes))
      this.#waiting = this.#waiting.subarray(payloadBytes)
    }
    if (sends === 'each-frame' && this.#waiting.length > 0) {
      payloads.push(this.#waiting)
      this.#waiting = NOTHING
    }
    return payloads
  }

  #video(dts: number, key: boolean, body: Uint8Array): Buffer {
    const composition =
      (((body[2] ?? 0) << 24) | ((body[3] ?? 0) << 16) | ((body[4] ?? 0) << 8)) >> 8
    const pts = dts + composition * TICKS_PER_MS
    const units = splitLengthPrefixed(body.subarray(AVC_TAG_BYTES))
    const sets = key ? this.#parameterSets : []
    const data = joinAnnexB([ACCESS_UNIT_DELIMITER, ...sets, ...units])
    const timed = this.#isTimed(dts)
    const unit = { pid: this.#wire.pids.video, streamId: VIDEO_ID, pts, dts, key, data, timed }
    const bytes = this.#muxer.unit(unit)
    if (!this.#wire.secondVideo) return bytes
    const second = { ...unit, pid: SECOND_VIDEO_PID, streamId: VIDEO_ID + 1 }
    return Buffer.concat([bytes, this.#muxer.unit(second)])
  }

  #isTimed(dts: number): boolean {
    const { ptsEveryMs = 0 } = this.#wire
    this.#pictures += 1
    if (this.#pictures > TIMED_PICTURES && dts < this.#timedAt + ptsEveryMs * TICKS_PER_MS) {
      return false
    }
    this.#timedAt = dts
    return true
  }

  #audio(dts: number, body: Uint8Array): Buffer {
    const data = buildAdts(this.#audioConfig, body.subarray(AAC_TAG_BYTES))
    const { audioPes } = this.#wire
    if (audioPes === null) return this.#audioUnit(dts, data)
    const { dts: since = dts, bytes = 0 } = this.#collected ?? {}
    const full = bytes + data.length > audioPes.bytes || dts - since >= audioPes.ms * TICKS_PER_MS
    const out = full ? this.#flushAudio() : NOTHING
    this.#collected ??= { dts, parts: [], bytes: 0 }
    this.#collected.parts.push(data)
    this.#collected.bytes += data.length
    return out
  }

  #flushAudio(): Buffer {
    const collected = this.#collected
    this.#collected = null
    return collected ? this.#audioUnit(collected.dts, Buffer.concat(collected.parts)) : NOTHING
  }

  #audioUnit(dts: number, data: Buffer): Buffer {
    const { pids } = this.#wire
    return this.#muxer.unit({ pid: pids.audio, streamId: AUDIO_ID, pts: dts, dts, key: true, data })
  }

  /** What is wrong with the stream on purpose. */
  #damaged(bytes: Buffer): Buffer[] {
    const { junkEvery, skipCounterEvery } = this.#wire
    if (junkEvery === undefined && skipCounterEvery === undefined) return [bytes]
    const parts: Buffer[] = []
    for (let at = 0; at < bytes.length; at += TS_PACKET_BYTES) {
      this.#packets += 1
      const packet = bytes.subarray(at, at + TS_PACKET_BYTES)
      if (junkEvery !== undefined && this.#packets % junkEvery === 0) parts.push(Buffer.of(0))
      const skips = skipCounterEvery !== undefined && this.#packets % skipCounterEvery === 0
      if (skips) packet[3] = ((packet[3] ?? 0) & 0xf0) | (((packet[3] ?? 0) + 5) & 0x0f)
      parts.push(packet)
    }
    return parts
  }
}

function parameterSetsOf(clip: Clip | null): Uint8Array[] {
  if (!clip?.header || clip.codec !== 'avc1') return []
  const { sps, pps } = parseAvcC(clip.header.subarray(AVC_TAG_BYTES))
  return [...sps, ...pps]
}
