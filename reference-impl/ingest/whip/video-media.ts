import type { WireError } from '../../errors.ts'
import type { VideoTrack } from '../../live/frame.ts'
import type { Publication } from '../../live/publication.ts'
import { sameBytes } from '../../wire/bytes.ts'
import { buildAvcC, H264NalType, h264NalType } from '../../wire/h264.ts'
import { joinLengthPrefixed } from '../../wire/nal.ts'
import type { RtpAccessUnit } from '../../wire/rtp-h264.ts'
import type { IngestRecorder } from '../recorder.ts'
import { readVideoTrack } from '../rtmp/video-track.ts'

const TICKS_PER_MS = 90
/** A step back by more than this is a jump of the clock, not a frame out of order. */
const JUMP_TICKS = 1000 * TICKS_PER_MS
/** NAL units that stand in the configuration, or in none of our formats. */
const LEFT_OUT: ReadonlySet<number> = new Set([
  H264NalType.sps,
  H264NalType.pps,
  H264NalType.accessUnitDelimiter,
])

export interface VideoMediaOptions {
  readonly recorder: IngestRecorder
  readonly publication: Publication
  /** Parameter sets of the offer (`sprop-parameter-sets`). */
  readonly parameterSets: readonly Uint8Array[]
  /** The picture cannot be continued: a key frame is needed. */
  readonly needsKey: (why: 'start' | 'loss') => void
}

/** Turns access units into the video frames of a publication. */
export class VideoMedia {
  readonly #options: VideoMediaOptions
  #sps: readonly Uint8Array[] = []
  #pps: readonly Uint8Array[] = []
  #config: Uint8Array | null = null
  #track: VideoTrack | null = null
  #waitsForKey = true
  #started = false
  #lastDts = Number.NEGATIVE_INFINITY
  /** ms of the machine's monotonic clock; null before the first. */
  lastKeyAt: number | null = null
  #keyPts = 0
  #lastPts = 0
  frames = 0

  constructor(options: VideoMediaOptions) {
    this.#options = options
    this.#takeParameterSets(options.parameterSets)
  }

  get waitsForKey(): boolean {
    return this.#waitsForKey
  }

  /** ms of media since the last key frame, however late it came. */
  get sinceKeyMs(): number {
    return (this.#lastPts - this.#keyPts) / TICKS_PER_MS
  }

  /** Packets were lost: what refers to them is not shown. */
  lost(): void {
    this.#waitsForKey = true
    this.#options.needsKey('loss')
  }

  /** @param pts 90 kHz ticks */
  accessUnit(unit: RtpAccessUnit, pts: number, now: number): void {
    if (!unit.complete) {
      this.lost()
      return
    }
    const { recorder, publication } = this.#options
    const idr = unit.units.some((nal) => h264NalType(nal) === H264NalType.idr)
    if (this.#takeParameterSets(unit.units) || (idr && this.#track === null)) this.#configure(now)
    const kept = unit.units.filter((nal) => nal.length > 0 && !LEFT_OUT.has(h264NalType(nal)))
    if (kept.length === 0) return
    const data = joinLengthPrefixed(kept)
    const dts = this.#decodeTime(pts)
    this.frames++
    this.#lastPts = pts
    recorder.picture(now, data)
    if (idr) recorder.keyPicture(now, data, 'avc1')
    recorder.frame(now, { track: 'video', dts, pts, key: idr, idr, size: data.length })
    if (idr) {
      this.lastKeyAt = now
      this.#keyPts = pts
      if (this.#track !== null) this.#waitsForKey = false
    }
    if (this.#waitsForKey) {
      this.#options.needsKey(this.#started ? 'loss' : 'start')
      return
    }
    this.#started = true
    publication.frame({ track: 'video', dts, pts, key: idr, data, arrivedAt: now })
  }

  /**
   * RTP has presentation times only. Without B-frames they are the decode times too; where they
   * step back, decoding goes on by the least step.
   */
  #decodeTime(pts: number): number {
    const jumped = pts < this.#lastDts - JUMP_TICKS
    this.#lastDts = jumped ? pts : Math.max(pts, this.#lastDts + 1)
    return this.#lastDts
  }

  /** True when they are others than before. */
  #takeParameterSets(units: readonly Uint8Array[]): boolean {
    const sps = units.filter((nal) => h264NalType(nal) === H264NalType.sps)
    const pps = units.filter((nal) => h264NalType(nal) === H264NalType.pps)
    let changed = false
    if (sps.length > 0 && !sameSets(sps, this.#sps)) {
      this.#sps = sps.map((set) => Uint8Array.from(set))
      changed = true
    }
    if (pps.length > 0 && !sameSets(pps, this.#pps)) {
      this.#pps = pps.map((set) => Uint8Array.from(set))
      changed = true
    }
    return changed
  }

  #configure(now: number): void {
    const { recorder, publication } = this.#options
    if (this.#sps.length === 0 || this.#pps.length === 0) return
    if (this.#sps.length > 31 || this.#pps.length > 255) return
    let config: Uint8Array
    try {
      config = buildAvcC(this.#sps, this.#pps)
    } catch (error) {
      recorder.event(now, 'error', errorFacts(error as WireError))
      return
    }
    if (this.#config !== null && sameBytes(config, this.#config)) return
    this.#config = config
    recorder.event(now, 'sequence-header', { kind: 'video', codec: 'avc1' })
    const { facts, reader, error } = readVideoTrack('avc1', config, { width: 0, height: 0 })
    recorder.track(now, facts)
    if (error !== null) recorder.event(now, 'error', errorFacts(error))
    this.#track = reader?.track ?? null
    if (reader !== null) publication.track(reader.track)
  }
}

function errorFacts({ code, message }: WireError): { code: string; message: string } {
  return { code, message }
}

function sameSets(a: readonly Uint8Array[], b: readonly Uint8Array[]): boolean {
  return a.length === b.length && a.every((set, i) => sameBytes(set, b[i] ?? new Uint8Array()))
}

/** The units of `sprop-parameter-sets` (RFC 6184 §8.1); what is not base64 gives nothing usable. */
export function parameterSetsOf(parameters: Readonly<Record<string, string>>): Uint8Array[] {
  const sets = parameters['sprop-parameter-sets']?.split(',') ?? []
  return sets.slice(0, 16).map((set) => Uint8Array.from(Buffer.from(set, 'base64')))
}
