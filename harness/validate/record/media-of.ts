import type { IngestRecord } from '../../conformance/ingest-record.ts'
import { frameDuration, framesOf, kbpsOf, spanOf } from '../../conformance/media-frames.ts'
import type { Profile } from '../../encoders/profile.ts'

/** Clips of `fixtures/clips` that a recorded encoder may be simulated with. */
const CLIPS = [
  { id: '360p30', height: 360, rate: 30 },
  { id: '480p30', height: 480, rate: 30 },
  { id: '720p30', height: 720, rate: 30 },
  { id: '360p60', height: 360, rate: 60 },
] as const

/** What the encoder sent, and the clip that comes nearest to it. */
export function mediaOf(record: IngestRecord): { media: Profile['media']; sent: string } {
  const [video, audio] = [framesOf(record, 'video'), framesOf(record, 'audio')]
  const track = record.tracks.find(({ kind }) => kind === 'video')
  const sound = record.tracks.find(({ kind }) => kind === 'audio')
  const step = frameDuration(video)
  const rate = step > 0 ? Math.round(1000 / step) : 30
  const height = track?.height ?? 360
  const [nearest] = CLIPS.toSorted(
    (a, b) => distance(a, { height, rate }) - distance(b, { height, rate }),
  )
  const kbps = (frames: typeof video, usual: number) => {
    const span = spanOf(frames)
    return span > 1_000 ? Math.max(1, Math.round(kbpsOf(frames, span))) : usual
  }
  const declared = (field: string) => {
    const value = record.events.find(({ type }) => type === 'metadata')?.['value']
    const said = (value as Record<string, unknown> | undefined)?.[field]
    return typeof said === 'number' && said > 0 ? said : null
  }
  const [videoKbps, audioKbps] = [kbps(video, 250), kbps(audio, 64)]
  return {
    media: {
      video: video.length > 0 ? nearest!.id : null,
      audio: audio.length > 0 ? (sound?.sampleRate === 22_050 ? 'aac-22k' : 'aac-48k') : null,
      videoKbps: declared('videodatarate') ?? videoKbps,
      audioKbps: declared('audiodatarate') ?? audioKbps,
      videoStartMs: record.protocol === 'rtmp' ? startOf(video[0]?.dts) : 0,
    },
    sent:
      `${track?.width ?? '?'}x${height} at ${rate} fps, ${videoKbps} + ${audioKbps} kbit/s; ` +
      'a clip of ours stands for its pictures',
  }
}

function distance(
  clip: { height: number; rate: number },
  seen: { height: number; rate: number },
): number {
  return Math.abs(clip.height - seen.height) + (Math.abs(clip.rate - seen.rate) > 15 ? 1_000 : 0)
}

/** ms of an encoder's priming; a clock that began long ago says nothing. */
function startOf(ms = 0): number {
  return ms > 0 && ms < 200 ? Math.round(ms) : 0
}
