import { type FragmentPacket, mediaOf, PACKET_HEADROOM, type TrackSet } from '../../live/packet.ts'
import { type FragmentSample, writeFragment } from '../../wire/fmp4-fragment.ts'
import { AUDIO_TRACK_ID } from '../../wire/fmp4-init.ts'
import { type MediaSample, samplesOf } from '../../wire/fmp4-samples.ts'

/** s of difference at which two audio frames are one. */
const SAME_S = 0.005

/** s at which the sound in a fragment ends, or undefined where it has none. */
export function soundEnd(packet: FragmentPacket, { audio }: TrackSet): number | undefined {
  const last = soundOf(packet).at(-1)
  if (last === undefined || audio === undefined) return undefined
  return (last.decodeTime + last.duration) / audio.sampleRate
}

/** Presentation time of the first picture, 90 kHz ticks: what key frames are compared by. */
export function presentationOf(packet: FragmentPacket): number {
  const first = samplesOf(mediaOf(packet)).find(({ trackId }) => trackId !== AUDIO_TRACK_ID)
  return first === undefined ? packet.time : first.decodeTime + first.compositionOffset
}

/**
 * Bitrates put their sound into fragments differently, so pictures that follow each other do not
 * mean that sound does. Gives the fragments of the new stream with no sound before `end` (s) and,
 * in front of them, what is missing of it out of the fragments before.
 */
export function withSound(
  packets: readonly FragmentPacket[],
  before: readonly FragmentPacket[],
  { audio }: TrackSet,
  end: number | undefined,
): FragmentPacket[] {
  const [first, ...rest] = packets
  if (audio === undefined || end === undefined || first === undefined) return [...packets]
  const from = Math.round((end - SAME_S) * audio.sampleRate)
  const missing = before.flatMap(soundOf).filter(({ decodeTime }) => decodeTime >= from)
  const extra = missing.length === 0 ? [] : [rebuilt(first, missing)]
  return [
    ...extra,
    withoutSoundBefore(first, from),
    ...rest.map((p) => withoutSoundBefore(p, from)),
  ]
}

function withoutSoundBefore(packet: FragmentPacket, from: number): FragmentPacket {
  const samples = samplesOf(mediaOf(packet))
  const kept = samples.filter((one) => one.trackId !== AUDIO_TRACK_ID || one.decodeTime >= from)
  return kept.length === samples.length || kept.length === 0 ? packet : rebuilt(packet, kept)
}

function rebuilt(like: FragmentPacket, samples: readonly MediaSample[]): FragmentPacket {
  const ids = [...new Set(samples.map(({ trackId }) => trackId))]
  const tracks = ids.map((id) => {
    const own = samples.filter(({ trackId }) => trackId === id)
    return { id, decodeTime: own[0]?.decodeTime ?? 0, samples: own satisfies FragmentSample[] }
  })
  const soundOnly = ids.length === 1 && ids[0] === AUDIO_TRACK_ID
  const buffer = writeFragment(like.sequence, tracks, PACKET_HEADROOM)
  return { ...like, ...(soundOnly ? { key: false, duration: 0 } : {}), buffer }
}

function soundOf(packet: FragmentPacket): MediaSample[] {
  return samplesOf(mediaOf(packet)).filter(({ trackId }) => trackId === AUDIO_TRACK_ID)
}
