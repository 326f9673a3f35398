import type { AudioTrack } from './frame.ts'

/** ISO/IEC 14496-3 table 1.18 */
const SAMPLE_RATES = [
  96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350,
] as const
const AAC_FRAME = 1024
const AAC_SHORT_FRAME = 960

/** How many samples at `track.sampleRate` one frame holds (at least 1). */
export function samplesOf(track: AudioTrack, frame: Uint8Array): number {
  return track.codec === 'opus' ? opusSamples(track, frame) : aacSamples(track)
}

/** 14496-3 §1.6.2.1: SBR doubles the output rate, so a frame then holds 2048 output samples. */
function aacSamples(track: AudioTrack): number {
  const first = track.config[0] ?? 0
  const second = track.config[1] ?? 0
  const coreRate = SAMPLE_RATES[((first & 7) << 1) | (second >> 7)] ?? track.sampleRate
  const short = first >> 3 === 2 && (second & 4) !== 0
  const samples = short ? AAC_SHORT_FRAME : AAC_FRAME
  return Math.max(1, Math.round((samples * track.sampleRate) / coreRate))
}

/** RFC 6716 §3.1: the TOC byte tells frame size and count. */
function opusSamples(track: AudioTrack, frame: Uint8Array): number {
  const toc = frame[0] ?? 0
  const config = toc >> 3
  let ms: number
  if (config < 12) ms = [10, 20, 40, 60][config & 3]!
  else if (config < 16) ms = [10, 20][config & 1]!
  else ms = [2.5, 5, 10, 20][config & 3]!
  const code = toc & 3
  const count = code === 0 ? 1 : code < 3 ? 2 : Math.max(1, (frame[1] ?? 1) & 0x3f)
  return Math.max(1, Math.round((ms * count * track.sampleRate) / 1000))
}
