import type { AudioTrack, VideoTrack } from '../frame.ts'

/** avcC of a baseline stream; `variant` gives another parameter set. */
export function testVideo(variant = 0): VideoTrack {
  return {
    kind: 'video',
    codec: 'avc1',
    config: Uint8Array.from([1, 0x42, 0xc0, 0x1f, 0xff, 0xe1, 0, 2, 0x67, variant, 1, 0, 1, 0x68]),
    width: 1280,
    height: 720,
    codecString: 'avc1.42c01f',
  }
}

/** AAC LC at 48 or 44.1 kHz. */
export function testAudio(sampleRate: 48_000 | 44_100 = 48_000): AudioTrack {
  const config = Uint8Array.from(sampleRate === 48_000 ? [0x11, 0x90] : [0x12, 0x10])
  return { kind: 'audio', codec: 'mp4a', config, sampleRate, channels: 2, codecString: 'mp4a.40.2' }
}
