import { nowMs } from '../../measure/clock.ts'
import { broken, count, holds, skipped } from '../findings.ts'
import type { Evidence } from '../rule.ts'
import { HlsProbe } from './hls-probe.ts'
import { hlsRule } from './hls-rule.ts'
import { DATE_TOLERANCE_MS, FIRST_PLAYLIST_MS, WATCHED_SEGMENTS } from './probe-limits.ts'
import { readSegmentMedia } from './segment-media.ts'

const EXPECTED = `EXT-X-PROGRAM-DATE-TIME within ${DATE_TOLERANCE_MS} ms of when the segment's first frame was sent, over RTMP and SRT`

/** What the segments of one stream say. */
interface Dates {
  readonly evidence: Evidence[]
  /** ms by which each date that could be compared is late; negative: early */
  readonly offs: number[]
}

export const dateTime = hlsRule(
  {
    id: 'hls.date-time',
    level: 'should',
    title: 'Segments are dated with the time at which their first frame was sent',
    source: { document: 'RFC 8216', clause: '4.3.2.6' },
    advice:
      'date segments by when the encoder says that it composed their first frame, otherwise by the arrival of that frame; not by when they are finished',
    mutants: [{ kind: 'fault', id: 'pdt-1s-off' }],
  },
  async (probe, context) => {
    if (context.target.kind !== 'reference') {
      return skipped(EXPECTED, 'the clocks of two machines cannot be compared this closely')
    }
    // SRT holds every packet back, so arrival says when a frame was sent over RTMP alone.
    const overSrt = await HlsProbe.open(context, { protocol: 'srt' })
    if (overSrt === null) return broken(EXPECTED, 'no HLS address for a stream over SRT')
    try {
      const seen = await Promise.all([datesOf(probe, 'RTMP'), datesOf(overSrt, 'SRT')])
      const evidence = seen.flatMap((one) => one.evidence)
      if (seen.some(({ offs }) => offs.length === 0) && evidence.length === 0) {
        return skipped(EXPECTED, 'no segment with a stamp could be read')
      }
      const offs = seen.flatMap((one) => one.offs)
      const worst = offs.reduce((most, off) => (Math.abs(off) > Math.abs(most) ? off : most), 0)
      const actual = `${count(offs.length, 'segment')}, worst ${worst.toFixed(1)} ms`
      return evidence.length === 0 ? holds(EXPECTED, actual) : broken(EXPECTED, actual, evidence)
    } finally {
      await overSrt.close()
    }
  },
)

async function datesOf(probe: HlsProbe, protocol: string): Promise<Dates> {
  const [evidence, offs]: [Evidence[], number[]] = [[], []]
  const seen = await probe.until(
    (playlist) => playlist.segments.length >= WATCHED_SEGMENTS,
    FIRST_PLAYLIST_MS,
  )
  if (seen === null) {
    return { evidence: [{ note: `${protocol}: no ${WATCHED_SEGMENTS} segments in time` }], offs }
  }
  const wallOffset = Date.now() - nowMs()
  for (const { msn, uri, map, dateTime } of seen.playlist.segments) {
    if (dateTime === null) {
      evidence.push({ note: `${protocol}: segment ${msn} has no EXT-X-PROGRAM-DATE-TIME` })
      continue
    }
    const [mapAnswer, answer] = [await probe.get(map ?? ''), await probe.get(uri ?? '')]
    if (answer.status !== 200 || mapAnswer.status !== 200) continue
    const media = readSegmentMedia(mapAnswer.body, answer.body)
    if (typeof media === 'string' || media.stamp === null) continue
    const off = dateTime - (media.stamp.timeUs / 1000 + wallOffset)
    offs.push(off)
    if (Math.abs(off) > DATE_TOLERANCE_MS) {
      evidence.push({
        note: `${protocol}: segment ${msn} is dated ${off.toFixed(0)} ms after its first frame`,
      })
    }
  }
  return { evidence, offs }
}
