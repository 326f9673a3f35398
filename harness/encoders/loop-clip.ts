import type { Clip } from './clip.ts'
import type { Unit } from './unit.ts'

/**
 * A clip's frames without end, with continuous times.
 * @param firstFrame number of the first frame, for numbers that go on after a reconnect
 * @param startMs timestamp of the first frame
 */
export function* loopClip(clip: Clip, firstFrame = 0, startMs = 0): Generator<Unit, never> {
  for (let round = 0; ; round++) {
    for (const [i, frame] of clip.frames.entries()) {
      const time = round * clip.duration + frame.time
      yield {
        track: clip.kind,
        frame: firstFrame + round * clip.frames.length + i,
        key: frame.key,
        body: frame.body,
        mediaMs: time,
        dtsMs: startMs + time,
        sendMs: time,
        fillerBytes: 0,
        announces: null,
      }
    }
  }
}
