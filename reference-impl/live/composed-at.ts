import { nowMs } from '../clock.ts'
import { readComposedTime } from '../wire/composed-time.ts'
import type { Frame, VideoTrack } from './frame.ts'
import { MAX_STAMP_AGE_MS } from './limits.ts'

/**
 * When a video frame was composed, ms of this machine's monotonic clock, by what its encoder wrote
 * into it; undefined where it wrote nothing, or nothing that can be true. Our stamp counts the
 * monotonic clock itself, so it means something on this machine alone; OBS writes its wall clock.
 * @param wallOffset ms by which wall time is ahead of the monotonic clock
 */
export function composedAtOf(
  { data, arrivedAt }: Pick<Frame, 'data' | 'arrivedAt'>,
  codec: VideoTrack['codec'] | undefined,
  wallOffset = () => Date.now() - nowMs(),
): number | undefined {
  if (codec === undefined || codec === 'av01') return undefined
  const composed = readComposedTime(data, codec)
  if (composed === undefined) return undefined
  const at = composed.clock === 'monotonic' ? composed.ms : composed.ms - wallOffset()
  return at <= arrivedAt && at >= arrivedAt - MAX_STAMP_AGE_MS ? at : undefined
}
