import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { amfFields } from '../../reference-impl/wire/amf0.ts'
import { decodeAmf0 } from '../../reference-impl/wire/amf0-decode.ts'
import { FlvTagType } from '../../reference-impl/wire/flv.ts'
import { type FlvTag, readFlvFile } from '../../reference-impl/wire/flv-file.ts'
import { parseAudioTag, parseVideoTag } from '../../reference-impl/wire/flv-parse.ts'
import { UsageError } from '../errors.ts'

/** One FLV tag of a clip: its body is the body of an RTMP message. */
export interface ClipFrame {
  /** ms since the clip's first frame, decode time; with fractions */
  readonly time: number
  readonly key: boolean
  readonly body: Uint8Array
}

/** A short recording of one track that can be repeated without a seam. */
export interface Clip {
  readonly kind: 'video' | 'audio'
  readonly codec: string
  /** Sequence header as RTMP message body; null for codecs without one. */
  readonly header: Uint8Array | null
  readonly frames: readonly ClipFrame[]
  /** ms from the first frame to the first frame of the next round */
  readonly duration: number
  /** Frames per second. */
  readonly rate: number
  /** Pixels, video only, 0 when the file does not say. */
  readonly width: number
  readonly height: number
  /** Hz, audio only. */
  readonly sampleRate: number
}

const AAC_SAMPLES = 1024
const MP3_SAMPLES = 1152
/** 20 ms at 48 kHz. */
const OPUS_SAMPLES = 960
const OPUS_RATE = 48_000
const AAC_RATES = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000,
]

const cache = new Map<string, Clip>()

/**
 * A clip of `fixtures/clips` by its name, or an FLV file by its path. Read once.
 * @throws UsageError `LP_CLIP_INVALID`
 */
export function loadClip(name: string): Clip {
  const file = name.endsWith('.flv')
    ? name
    : fileURLToPath(new URL(`../../fixtures/clips/${name}.flv`, import.meta.url))
  let clip = cache.get(file)
  if (!clip) {
    clip = readClip(file)
    cache.set(file, clip)
  }
  return clip
}

function readClip(file: string): Clip {
  let tags: FlvTag[]
  try {
    tags = readFlvFile(readFileSync(file))
  } catch (error) {
    throw new UsageError('LP_CLIP_INVALID', `${file}: ${String(error)}`, { cause: error })
  }
  const video = tags.filter(({ type }) => type === FlvTagType.video)
  const clip = video.length > 0 ? videoClip(tags, video) : audioClip(tags)
  if (clip.frames.length < 2) {
    throw new UsageError('LP_CLIP_INVALID', `${file}: a clip needs two frames or more`)
  }
  return clip
}

function videoClip(tags: readonly FlvTag[], video: readonly FlvTag[]): Clip {
  const parsed = video.map(({ data, timestamp }) => ({
    ...parseVideoTag(data),
    body: data,
    timestamp,
  }))
  const frames = parsed.filter(({ packet }) => packet === 'frame')
  const rate = roundRate(frames.map(({ timestamp }) => timestamp))
  const script = tags.find(({ type }) => type === FlvTagType.script)
  const metadata = script ? amfFields(decodeAmf0(script.data).at(-1)) : undefined
  return {
    kind: 'video',
    codec: frames[0]?.codec ?? 'none',
    header: parsed.find(({ packet }) => packet === 'sequence-header')?.body ?? null,
    frames: frames.map(({ key, body }, i) => ({ time: (i * 1000) / rate, key, body })),
    duration: (frames.length * 1000) / rate,
    rate,
    width: Number(metadata?.['width'] ?? 0),
    height: Number(metadata?.['height'] ?? 0),
    sampleRate: 0,
  }
}

function audioClip(tags: readonly FlvTag[]): Clip {
  const parsed = tags
    .filter(({ type }) => type === FlvTagType.audio)
    .map(({ data }) => ({ ...parseAudioTag(data), body: data }))
  const frames = parsed.filter(({ packet, body }) => packet === 'frame' && body.length > 2)
  const header = parsed.find(({ packet }) => packet === 'sequence-header')
  const codec = frames[0]?.codec ?? 'none'
  const opus = codec === 'Opus'
  const declared = header ? aacRate(header.body) : (frames[0]?.sampleRate ?? 44_100)
  const sampleRate = opus ? OPUS_RATE : declared
  const samples = opus ? OPUS_SAMPLES : codec === 'mp4a' ? AAC_SAMPLES : MP3_SAMPLES
  const rate = sampleRate / samples
  return {
    kind: 'audio',
    codec,
    header: header?.body ?? null,
    frames: frames.map(({ body }, i) => ({ time: (i * 1000) / rate, key: true, body })),
    duration: (frames.length * 1000) / rate,
    rate,
    width: 0,
    height: 0,
    sampleRate,
  }
}

/** Sampling frequency of the AudioSpecificConfig (ISO 14496-3, 1.6.2.1) behind the two tag bytes. */
function aacRate(header: Uint8Array): number {
  const index = (((header[2] ?? 0) & 0x07) << 1) | ((header[3] ?? 0) >> 7)
  return AAC_RATES[index] ?? 48_000
}

/** Frames per second from timestamps in whole ms: 29.9974 measured is 30. */
function roundRate(times: readonly number[]): number {
  const span = (times.at(-1) ?? 0) - (times[0] ?? 0)
  const measured = ((times.length - 1) * 1000) / Math.max(1, span)
  const whole = Math.round(measured)
  return Math.abs(measured - whole) < 0.02 * (whole / 30) ? whole : Math.round(measured * 100) / 100
}
