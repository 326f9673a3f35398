import type { SentStream } from '../conformance/h5live/evidence.ts'
import { loadClip } from '../encoders/clip.ts'
import type { Encoder } from '../encoders/encoder.ts'

/** FLV puts the decoder configuration behind five bytes of a video tag, two of an audio tag. */
const VIDEO_HEADER_BYTES = 5
const AUDIO_HEADER_BYTES = 2
/** What an ADTS header says (ISO/IEC 14496-3 1.A.2.2): object type, sampling rate, channels. */
const ADTS_CONFIG_BYTES = 2

/**
 * What a simulated encoder puts in, read off its clips; of the audio as much as its protocol
 * carries: RTMP all of AudioSpecificConfig, SRT what ADTS says, WHIP (Opus) none.
 * @param url where it publishes to
 */
export function sentStream({ profile: { media }, streamTag }: Encoder, url: string): SentStream {
  const config = (clip: string | null, skip: number) =>
    (clip === null ? null : loadClip(clip).header?.subarray(skip)) ?? null
  const audio = config(media.audio, AUDIO_HEADER_BYTES)
  return {
    videoConfig: config(media.video, VIDEO_HEADER_BYTES),
    audioConfig: /^https?:/.test(url)
      ? undefined
      : url.startsWith('srt:')
        ? (audio?.subarray(0, ADTS_CONFIG_BYTES) ?? null)
        : audio,
    streamTag,
  }
}
