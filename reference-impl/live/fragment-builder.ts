import type { FragmentSample } from '../wire/fmp4-fragment.ts'
import { type FragmentTrack, writeFragment } from '../wire/fmp4-fragment.ts'
import { AUDIO_TRACK_ID, VIDEO_TRACK_ID } from '../wire/fmp4-init.ts'
import { TICKS_PER_SECOND } from './frame.ts'
import { type FragmentPacket, PACKET_HEADROOM } from './packet.ts'
import type { LiveSeams } from './seams.ts'

interface Run {
  decodeTime: number
  /** In the track's timescale. */
  duration: number
  /** Of the first sample, ms, like what follows. */
  arrivedAt: number
  composedAt: number | undefined
  samples: FragmentSample[]
}

/** Collects the samples of the fragment in the making, and numbers the finished ones. */
export class FragmentBuilder {
  readonly #seams: LiveSeams
  #sequence = 1
  #video: Run | undefined
  #audio: Run | undefined
  #audioRate = 0

  constructor(seams: LiveSeams) {
    this.#seams = seams
  }

  /** Sequence number of the fragment in the making. */
  get sequence(): number {
    return this.#seams.sequence(this.#sequence)
  }

  get videoSamples(): number {
    return this.#video?.samples.length ?? 0
  }

  get audioSamples(): number {
    return this.#audio?.samples.length ?? 0
  }

  /** Length of the audio collected so far, ms. */
  get audioMs(): number {
    return this.#audio === undefined ? 0 : (this.#audio.duration * 1000) / this.#audioRate
  }

  /** `decodeTime`: 90 kHz ticks; the frame's other times: ms */
  addVideo(
    decodeTime: number,
    { arrivedAt, composedAt }: { arrivedAt: number; composedAt: number | undefined },
    sample: FragmentSample,
  ): void {
    this.#video ??= { decodeTime, duration: 0, arrivedAt, composedAt, samples: [] }
    this.#video.samples.push(sample)
    this.#video.duration += sample.duration
  }

  /** `decodeTime` and durations: samples at `rate` Hz; `arrivedAt`: ms */
  addAudio(decodeTime: number, rate: number, arrivedAt: number, sample: FragmentSample): void {
    this.#audio ??= { decodeTime, duration: 0, arrivedAt, composedAt: undefined, samples: [] }
    this.#audio.samples.push(sample)
    this.#audio.duration += sample.duration
    this.#audioRate = rate
  }

  /** The fragment of what was collected, or undefined when that is nothing. */
  finish(hasVideo: boolean): FragmentPacket | undefined {
    const video = this.#video
    const audio = this.#audio
    const first = video ?? audio
    if (first === undefined) return undefined
    const scale = video === undefined ? TICKS_PER_SECOND / this.#audioRate : 1
    const sequence = this.sequence
    const tracks: FragmentTrack[] = []
    const add = (id: number, run: Run | undefined) => {
      if (run === undefined) return
      const decodeTime = this.#seams.decodeTime(run.decodeTime, this.#sequence)
      tracks.push({ id, decodeTime, samples: run.samples })
    }
    add(VIDEO_TRACK_ID, video)
    add(AUDIO_TRACK_ID, audio)
    const buffer = writeFragment(sequence, tracks, PACKET_HEADROOM)
    this.#sequence += 1
    this.#video = undefined
    this.#audio = undefined
    return {
      kind: 'fragment',
      sequence,
      key: video?.samples[0]?.key ?? !hasVideo,
      time: first.decodeTime * scale,
      duration: video === undefined && hasVideo ? 0 : first.duration * scale,
      arrivedAt: first.arrivedAt,
      composedAt: first.composedAt,
      buffer,
    }
  }
}
