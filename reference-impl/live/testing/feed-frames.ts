import type { Frame } from '../frame.ts'
import { testAudio, testVideo } from './tracks.ts'

interface Feedable {
  track(track: ReturnType<typeof testVideo> | ReturnType<typeof testAudio>): void
  frame(frame: Frame): void
}

export interface FeedOptions {
  /** First frame's number; the frame's time follows from it at 30 fps. */
  readonly from?: number
  /** Distance of key frames, in frames. */
  readonly gop?: number
  /** Bytes of each video frame. */
  readonly bytes?: number
}

/** Announces both tracks and feeds video frames at 30 fps, with one audio frame each. */
export function feedFrames(to: Feedable, count: number, options: FeedOptions = {}): void {
  const { from = 0, gop = 30, bytes = 100 } = options
  to.track(testVideo())
  to.track(testAudio())
  for (let index = from; index < from + count; index++) {
    const dts = index * 3000
    const arrivedAt = (index * 100) / 3
    const data = new Uint8Array(bytes).fill(index)
    to.frame({ track: 'audio', dts, pts: dts, key: true, data: data.subarray(0, 20), arrivedAt })
    to.frame({ track: 'video', dts, pts: dts, key: index % gop === 0, data, arrivedAt })
  }
}
