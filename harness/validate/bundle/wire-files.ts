import { srtCapture, timedRtmpCapture } from '../record/capture-files.ts'
import { writeTimed } from '../record/timed.ts'
import type { WireCapture } from '../wire-capture.ts'
import { MAX_WIRE_BYTES } from './limits.ts'
import type { TarFile } from './tar.ts'

/**
 * What each caller sent, with its times, without secrets; the first callers when not all fit, and
 * of the last one that fits in part, its beginning.
 */
export function wireFiles(
  protocol: 'rtmp' | 'srt',
  capture: WireCapture,
  secrets: readonly string[],
): TarFile[] {
  const files: TarFile[] = []
  let left = MAX_WIRE_BYTES
  for (const caller of capture.callers) {
    const take = protocol === 'rtmp' ? timedRtmpCapture : srtCapture
    const bytes = writeTimed(take(capture, caller, secrets))
    if (bytes.length === 0) continue
    const kept = bytes.subarray(0, left)
    left -= kept.length
    files.push({ path: `wire/${protocol}-${caller}.bin`, bytes: kept })
    if (left === 0) break
  }
  return files
}
