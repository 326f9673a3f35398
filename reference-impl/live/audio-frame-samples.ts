import { parseAudioSpecificConfig } from '../wire/aac.ts'
import type { AudioTrack } from './frame.ts'

const AAC_FRAME = 1024

/** Tells how many samples at `track.sampleRate` a frame of the track holds; at least 1. */
export function frameSamplesOf(track: AudioTrack): (frame: Uint8Array) => number {
  if (track.codec === 'opus') return (frame) => opusSamples(track.sampleRate, frame)
  const samples = aacSamples(track)
  return () => samples
}

/** ISO/IEC 14496-3 §1.6.2.1: under SBR the output has twice the core's samples. */
function aacSamples(track: AudioTrack): number {
  try {
    const { frameSamples, coreSampleRate } = parseAudioSpecificConfig(track.config)
    return Math.max(1, Math.round((frameSamples * track.sampleRate) / coreSampleRate))
  } catch {
    // A configuration that cannot be read: most frames are this long, and the slew bends the rest.
    return AAC_FRAME
  }
}

/** RFC 6716 §3.1: the TOC byte tells frame size and count. */
function opusSamples(sampleRate: number, frame: Uint8Array): number {
  const toc = frame[0] ?? 0
  const code = toc & 3
  const count = code === 0 ? 1 : code < 3 ? 2 : Math.max(1, (frame[1] ?? 1) & 0x3f)
  return Math.max(1, Math.round((opusFrameMs(toc >> 3) * count * sampleRate) / 1000))
}

/** RFC 6716 table 2 */
function opusFrameMs(config: number): number {
  if (config < 12) return [10, 20, 40, 60][config & 3] ?? 20
  if (config < 16) return [10, 20][config & 1] ?? 20
  return [2.5, 5, 10, 20][config & 3] ?? 20
}
