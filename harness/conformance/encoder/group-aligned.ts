import { broken, holds, seconds, skipped } from '../findings.ts'
import type { IngestRecord } from '../ingest-record.ts'
import { frameDuration, framesOf, kbpsOf, type MediaFrame, spanOf } from '../media-frames.ts'
import { evidenceRule } from './rule-of.ts'
import { LIVE_ENCODING } from './sources.ts'

const ROUNDING_MS = 2

export const groupAligned = evidenceRule(
  {
    id: 'encoder.group-aligned',
    level: 'should',
    title: 'the members of a multi-bitrate group share their key-frame times, bitrates descending',
    source: { document: LIVE_ENCODING, clause: 'Adaptive Bitrate / Multi-Bitrate Live Streaming' },
    advice: 'Encode all members with one clock, one key-frame interval and frame alignment on.',
    mutants: ['mbr-unaligned'],
  },
  ({ sessions }) => {
    const expected = 'key frames at the same times in all members, each with a lower bitrate'
    const members = membersOf(sessions)
    const [first, ...others] = members
    if (!first || others.length === 0) return skipped(expected, 'not a multi-bitrate group')
    const keys = keyTimes(first)
    if (keys.length < 2) return skipped(expected, 'fewer than two key frames so far')
    for (const [i, member] of others.entries()) {
      const tolerance = frameDuration(member) + ROUNDING_MS
      const end = Math.min(first.at(-1)?.dts ?? 0, member.at(-1)?.dts ?? 0)
      const start = Math.max(first[0]?.dts ?? 0, member[0]?.dts ?? 0)
      const astray = member.filter(
        ({ key, dts }) =>
          key &&
          dts >= start - tolerance &&
          dts <= end &&
          !keys.some((time) => Math.abs(time - dts) <= tolerance),
      )
      if (astray.length > 0) {
        const actual = `member ${i + 2} has ${astray.length} key frames where member 1 has none`
        const evidence = astray.map(({ dts, at, frame }) => ({
          note: `key frame of member ${i + 2} at stream time ${seconds(dts)}`,
          at,
          frame,
        }))
        return broken(expected, actual, evidence)
      }
    }
    const rates = members.map((frames) => kbpsOf(frames, Math.max(1, spanOf(frames))))
    const shown = rates.map((rate) => rate.toFixed(0)).join(', ')
    const descending = rates.every((rate, i) => i === 0 || rate < (rates[i - 1] ?? 0))
    if (!descending) return broken(expected, `aligned, but bitrates ${shown} kbit/s`)
    return holds(expected, `aligned, ${shown} kbit/s`)
  },
)

/** Video of each stream's last session, in the order in which the streams were given. */
function membersOf(sessions: readonly IngestRecord[]): MediaFrame[][] {
  const latest = new Map<string, MediaFrame[]>()
  for (const record of sessions) {
    const video = framesOf(record, 'video')
    if (record.stream !== null && video.length > 0) latest.set(record.stream, video)
  }
  return [...latest.values()]
}

function keyTimes(frames: readonly MediaFrame[]): number[] {
  return frames.filter(({ key }) => key).map(({ dts }) => dts)
}
