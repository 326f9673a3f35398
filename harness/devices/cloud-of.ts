import type { Target, TargetStream } from '../targets/target.ts'
import type { Cloud } from './osprey-talon/cloud.ts'

/** What a device's presets mean where it is set up for a target: the addresses of one of its streams. */
export function cloudOf(
  target: Target,
  { name, ingest }: TargetStream,
  allow: readonly string[] = [],
): Cloud {
  const srt = ingest.srt ? new URL(ingest.srt) : null
  const host = srt?.hostname.replace(/^\[|\]$/g, '')
  const ca = target.reference?.rtmps.ca
  return {
    rtmp: ingest.rtmp,
    srt: srt && host ? { host, port: Number(srt.port) } : null,
    whip: ingest.whip?.url.replace(encodeURIComponent(name), '{key}') ?? null,
    ...(ca ? { ca } : {}),
    allow,
  }
}
