import type { Clip } from '../../encoders/clip.ts'
import { Fmp4Stream } from '../../viewers/fmp4-stream.ts'
import type { InitFacts } from '../../viewers/init-reader.ts'
import type { ViewerRecord } from '../../viewers/viewer-record.ts'

/** FLV puts two bytes in front of an AAC frame. */
const TAG_BYTES = 2

/**
 * By how much sound is heard later than at the encoder, against the picture, ms for each audio
 * frame of the recording that is one of the clip's. Pictures are known by their stamps, sound by its
 * bytes; both clips begin together and repeat, so offsets are known modulo the audio clip's length.
 */
export function soundOffsets(record: ViewerRecord, video: Clip, audio: Clip): number[] {
  const places = new Map(
    audio.frames.map(({ body, time }) => [keyOf(body.subarray(TAG_BYTES)), time]),
  )
  const offsets: number[] = []
  /** ms by which the viewer's clock is ahead of the encoder's, by the last picture. */
  let ahead: number | null = null
  for (const { init, fragment } of fragmentsOf(record)) {
    for (const { trackId, samples } of fragment.tracks) {
      const track = init.tracks.find(({ id }) => id === trackId)
      if (track === undefined) continue
      for (const { dts, compositionOffset, data, stamp } of samples) {
        const at = ((dts + compositionOffset) * 1000) / track.timescale
        if (track.kind === 'video') {
          if (stamp !== null) ahead = at - sourceTime(stamp.frame, video)
          continue
        }
        const place = places.get(keyOf(data))
        if (place === undefined || ahead === null) continue
        offsets.push(nearest(at - ahead - place, audio.duration))
      }
    }
  }
  return offsets
}

function sourceTime(frame: number, { frames, duration }: Clip): number {
  const round = Math.floor(frame / frames.length)
  return round * duration + (frames[frame % frames.length]?.time ?? 0)
}

/** The representative of `value` modulo `period` that is nearest to zero. */
function nearest(value: number, period: number): number {
  const rest = ((value % period) + period) % period
  return rest > period / 2 ? rest - period : rest
}

function keyOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}

/** The recorded fragments whose bytes were kept, with stamps beside the bytes. */
function* fragmentsOf({ events }: ViewerRecord) {
  const reader = new Fmp4Stream()
  let init: InitFacts | null = null
  for (const event of events) {
    if (event.type === 'init') {
      reader.push(event.bytes)
      init = event.init
    }
    if (event.type !== 'fragment' || event.bytes === null || init === null) continue
    for (const unit of reader.push(event.bytes)) {
      if (unit.kind !== 'fragment') continue
      const tracks = unit.fragment.tracks.map(({ trackId, samples }, track) => ({
        trackId,
        samples: samples.map((sample, index) => ({
          ...sample,
          stamp: event.tracks[track]?.samples[index]?.stamp ?? null,
        })),
      }))
      yield { init, fragment: { tracks } }
    }
  }
}
