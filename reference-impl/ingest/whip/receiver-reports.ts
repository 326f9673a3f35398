import { buildReceiverReport, buildRemb } from '../../wire/rtcp.ts'
import type { MediaSource } from './media-source.ts'
import type { Received } from './rate-advice.ts'

/** What is said of all tracks: a receiver report, and how much may be sent where there is video. */
export function receiverReports(
  ssrc: number,
  tracks: readonly MediaSource[],
  advice: number,
  now: number,
): Buffer[] {
  const blocks = tracks.map((track) => track.reportBlock(now)).filter((block) => block !== null)
  const videos = tracks.flatMap((track) =>
    track.kind === 'video' && track.ssrc !== null ? [track.ssrc] : [],
  )
  const remb = videos.length > 0 ? [buildRemb(ssrc, advice, videos)] : []
  return [buildReceiverReport(ssrc, blocks), ...remb]
}

/** Totals of all tracks. */
export function receivedOf(tracks: readonly MediaSource[]): Received {
  const total = { bytes: 0, packets: 0, missing: 0 }
  for (const { receiver } of tracks) {
    const { bytes, packets, lost, recovered } = receiver.stats
    total.bytes += bytes
    total.packets += packets - recovered
    total.missing += lost + recovered
  }
  return total
}
