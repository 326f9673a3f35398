import type { SentStream } from '../conformance/h5live/evidence.ts'
import { loadClip } from '../encoders/clip.ts'
import type { Encoder } from '../encoders/encoder.ts'

/** FLV puts the decoder configuration behind five bytes of a video tag, two of an audio tag. */
const VIDEO_HEADER_BYTES = 5
const AUDIO_HEADER_BYTES = 2

/** What a simulated encoder puts in, read off its clips. */
export function sentStream({ profile: { media }, streamTag }: Encoder): SentStream {
  const config = (clip: string | null, skip: number) =>
    (clip === null ? null : loadClip(clip).header?.subarray(skip)) ?? null
  return {
    videoConfig: config(media.video, VIDEO_HEADER_BYTES),
    audioConfig: config(media.audio, AUDIO_HEADER_BYTES),
    streamTag,
  }
}
