/** Where RTMP ingest faults are installed. */
export type RtmpSeams = Record<never, never>

export function defaultRtmpSeams(): RtmpSeams {
  return {}
}
