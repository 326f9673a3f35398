import { WireError } from '../../errors.ts'
import { TICKS_PER_SECOND } from '../../live/frame.ts'
import type { Publication } from '../../live/publication.ts'
import { splitAdts } from '../../wire/aac-adts.ts'
import { LatmReader } from '../../wire/aac-latm.ts'
import { sameBytes } from '../../wire/bytes.ts'
import { buildAvcC, H264NalType, h264NalType } from '../../wire/h264.ts'
import { TS_CLOCK_WRAP, TsClock, TsStreamType, tsCodecName } from '../../wire/mpeg-ts.ts'
import { TsDemuxer, type TsFault, type TsHandler, type TsPes } from '../../wire/mpeg-ts-demuxer.ts'
import type { TsStream } from '../../wire/mpeg-ts-psi.ts'
import { joinLengthPrefixed, splitAnnexB } from '../../wire/nal.ts'
import type { IngestRecorder } from '../recorder.ts'
import { readAudioTrack } from '../rtmp/audio-track.ts'
import { readVideoTrack, type VideoReader } from '../rtmp/video-track.ts'
import { MAX_AUDIO_REST, MAX_RECORDED_ERRORS } from './limits.ts'
import { TsFacts } from './ts-facts.ts'

const TICKS_PER_MS = TICKS_PER_SECOND / 1000
const AAC_SAMPLES = 1024
/** The longest step between two pictures that is taken for the next, too: 90 kHz ticks. */
const MAX_STEP: number = TICKS_PER_SECOND / 5

/**
 * Turns the transport stream of one publication into tracks and frames, and writes them down.
 * Media that breaks its format is recorded and dropped; it never throws.
 */
export class TsMedia implements TsHandler {
  readonly #recorder: IngestRecorder
  readonly #target: Publication
  readonly #demuxer = new TsDemuxer(this)
  readonly #facts: TsFacts
  readonly #clock = new TsClock()
  readonly #latm = new LatmReader()
  #videoPid = -1
  #audioPid = -1
  #sps: Uint8Array | null = null
  #pps: Uint8Array | null = null
  #video: VideoReader | null = null
  /** 90 kHz ticks */
  #videoDts = 0
  #videoStep = 0
  #audioConfig: Uint8Array | null = null
  #audioReady = false
  #audioRest: Uint8Array = new Uint8Array(0)
  #now = 0
  #errors = 0

  constructor(recorder: IngestRecorder, target: Publication, now: number) {
    this.#recorder = recorder
    this.#target = target
    this.#facts = new TsFacts(recorder, now)
  }

  /** `at`: ms, when the sender sent it, as its clock maps to ours. */
  push(bytes: Uint8Array, at: number, now: number): void {
    this.#now = now
    this.#facts.bytes(bytes.length, at)
    this.#demuxer.push(bytes, at)
  }

  lost(): void {
    this.#demuxer.lost()
  }

  flush(now: number): void {
    this.#now = now
    this.#demuxer.flush()
  }

  pat(at: number): void {
    this.#facts.table('pat', at)
  }

  pmt(at: number): void {
    this.#facts.table('pmt', at)
  }

  pcr(pcr: number, discontinuity: boolean, at: number): void {
    this.#facts.pcr(pcr, discontinuity, at)
  }

  fault(fault: TsFault, pid: number, detail: string, at: number): void {
    this.#facts.fault(fault, pid, detail, at)
  }

  streams(streams: readonly TsStream[], programs: number, at: number): void {
    const named = streams.map(({ pid, type }) => ({ pid, type, codec: tsCodecName(type) }))
    this.#recorder.event(at, 'ts-streams', { programs, streams: named })
    const first = (...codecs: string[]) => named.find(({ codec }) => codecs.includes(codec))
    this.#videoPid = first('avc1')?.pid ?? -1
    this.#audioPid = first('mp4a')?.pid ?? -1
    for (const { pid, codec } of named) {
      const known = pid === this.#videoPid || pid === this.#audioPid
      if (!known && (codec === 'hvc1' || codec === 'mp3')) {
        const kind = codec === 'mp3' ? 'audio' : 'video'
        this.#recorder.track(at, { kind, codec, config: '' })
      }
    }
  }

  pes(pes: TsPes): void {
    const { pts, dts, at } = pes
    if (pes.pid !== this.#videoPid && pes.pid !== this.#audioPid) return
    try {
      if (pts === null) {
        this.#untimed(pes)
        return
      }
      const decode = this.#clock.unwrap(dts ?? pts)
      if (pes.pid === this.#videoPid) {
        const present = decode + signed33(pts - (dts ?? pts))
        this.#facts.pts(present / TICKS_PER_MS, at)
        const step = decode - this.#videoDts
        if (step > 0 && step <= MAX_STEP) this.#videoStep = step
        this.#accessUnit(pes, decode, present)
        this.#videoDts = decode
      } else {
        this.#aac(pes, decode)
      }
    } catch (error) {
      if (!(error instanceof WireError)) throw error
      this.#error(error, at)
    }
  }

  /** Up to 700 ms may go without a time (2.7.4): the pictures then follow each other evenly. */
  #untimed(pes: TsPes): void {
    const step = this.#videoStep
    if (pes.pid !== this.#videoPid || step <= 0 || step > MAX_STEP) {
      throw new WireError('LP_TS_PES', 'media without a presentation time')
    }
    this.#videoDts += step
    this.#accessUnit(pes, this.#videoDts, this.#videoDts)
  }

  #error(error: WireError, at: number): void {
    this.#errors += 1
    if (this.#errors > MAX_RECORDED_ERRORS) return
    this.#recorder.event(at, 'error', { code: error.code, message: error.message })
  }

  #accessUnit(pes: TsPes, dts: number, pts: number): void {
    const units = splitAnnexB(pes.data)
    const kept: Uint8Array[] = []
    let idr = false
    for (const unit of units) {
      const type = h264NalType(unit)
      if (type === H264NalType.sps) this.#setParameters(unit, this.#pps, pes.at)
      else if (type === H264NalType.pps) this.#setParameters(this.#sps, unit, pes.at)
      else if (type !== H264NalType.accessUnitDelimiter) kept.push(unit)
      if (type === H264NalType.idr) idr = true
    }
    if (kept.length === 0) return
    const data = joinLengthPrefixed(kept)
    const size = data.length
    this.#recorder.picture(pes.at, data)
    if (idr) this.#recorder.keyPicture(pes.at, data, 'avc1')
    this.#recorder.frame(pes.at, { track: 'video', dts, pts, key: idr, idr, size })
    if (this.#video === null || !pes.whole) return
    const times = { dts, pts, key: idr, arrivedAt: this.#now }
    this.#target.frame({ track: 'video', data, ...times })
  }

  #setParameters(sps: Uint8Array | null, pps: Uint8Array | null, at: number): void {
    const same = (a: Uint8Array | null, b: Uint8Array | null) =>
      a === b || (a !== null && b !== null && sameBytes(a, b))
    if (same(sps, this.#sps) && same(pps, this.#pps)) return
    this.#sps = sps
    this.#pps = pps
    if (sps === null || pps === null) return
    const config = buildAvcC([sps], [pps])
    this.#recorder.event(at, 'sequence-header', { kind: 'video', codec: 'avc1' })
    const { facts, reader, error } = readVideoTrack('avc1', config, { width: 0, height: 0 })
    this.#recorder.track(at, facts)
    this.#video = reader
    if (error !== null) this.#error(error, at)
    if (reader !== null) this.#target.track(reader.track)
  }

  #aac(pes: TsPes, first: number): void {
    let bytes = pes.data
    const rest = this.#audioRest
    this.#audioRest = new Uint8Array(0)
    if (rest.length > 0) bytes = Buffer.concat([rest, bytes])
    const latm = pes.streamType === TsStreamType.latm
    const { frames, used } = latm ? this.#latm.push(bytes) : splitAdts(bytes)
    const left = bytes.length - used
    if (left > 0 && left <= MAX_AUDIO_REST && pes.whole) {
      this.#audioRest = Buffer.from(bytes.subarray(used))
    }
    // The time of a PES packet is that of the first frame that begins in it (2.4.3.7).
    let index = rest.length > 0 ? -1 : 0
    for (const { config, sampleRate, data } of frames) {
      this.#setAudio(config, pes.at)
      const dts = first + Math.round((index * AAC_SAMPLES * TICKS_PER_SECOND) / sampleRate)
      index += 1
      const frame = { track: 'audio', dts, pts: dts, key: true } as const
      this.#recorder.frame(pes.at, { ...frame, idr: false, size: data.length })
      if (this.#audioReady) this.#target.frame({ ...frame, data, arrivedAt: this.#now })
    }
  }

  #setAudio(config: Uint8Array, at: number): void {
    if (this.#audioConfig !== null && sameBytes(this.#audioConfig, config)) return
    this.#audioConfig = Uint8Array.from(config)
    this.#recorder.event(at, 'sequence-header', { kind: 'audio', codec: 'mp4a' })
    const { facts, track, error } = readAudioTrack('mp4a', this.#audioConfig)
    this.#recorder.track(at, facts)
    this.#audioReady = track !== null
    if (error !== null) this.#error(error, at)
    if (track !== null) this.#target.track(track)
  }
}

/** A difference of two 33-bit times, the shorter way round. */
function signed33(difference: number): number {
  if (difference > TS_CLOCK_WRAP / 2) return difference - TS_CLOCK_WRAP
  return difference < -TS_CLOCK_WRAP / 2 ? difference + TS_CLOCK_WRAP : difference
}
