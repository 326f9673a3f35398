import { TS_PACKET_BYTES } from '../../../reference-impl/wire/mpeg-ts.ts'
import { parseTsPacket } from '../../../reference-impl/wire/mpeg-ts-packet.ts'
import { parsePesHeader } from '../../../reference-impl/wire/mpeg-ts-pes.ts'
import { parsePat, parsePmt, sectionOf } from '../../../reference-impl/wire/mpeg-ts-psi.ts'

const PAT_PID = 0
const SDT_PID = 0x11
const PCR_PER_MS = 27_000
const TICKS_PER_MS = 90
const AAC_RATE = 48
const AAC_FRAME_SAMPLES = 1_024

/** How a transport stream is laid out; times in ms. */
export interface TsFacts {
  readonly pmtPid: number
  readonly pcrPid: number
  readonly streams: readonly { readonly pid: number; readonly type: number }[]
  /** The service description, as it stands in its packet; empty where there is none. */
  readonly sdt: string
  /** Between the tables, by the clock of the pictures. */
  readonly patMs: number
  readonly pmtMs: number
  readonly sdtMs: number
  /** The most frequent distance. */
  readonly pcrMs: number
  readonly pcrBehindMs: number
  readonly firstVideoMs: number
  readonly firstAudioMs: number
  readonly videoSaysItsLength: boolean
  /** The most AAC frames that shared a PES packet. */
  readonly audioFramesPerPes: number
}

export function tsFacts(stream: Buffer): TsFacts {
  const tables = new Map<number, number[]>()
  const pcrs: number[] = []
  const behind: number[] = []
  const first = new Map<number, number>()
  const audioTimes: number[] = []
  let [pmtPid, pcrPid, sdt] = [-1, -1, '']
  let videoSaysItsLength = false
  let streams: TsFacts['streams'] = []
  /** Of the last picture. */
  let now: number | null = null

  for (let at = 0; at + TS_PACKET_BYTES <= stream.length; at += TS_PACKET_BYTES) {
    const { pid, start, pcr, payload } = parseTsPacket(stream, at)
    if (pcr !== null) pcrs.push(pcr / PCR_PER_MS)
    if (!start || !payload) continue
    if ([PAT_PID, SDT_PID, pmtPid].includes(pid)) {
      if (now !== null) tables.set(pid, [...(tables.get(pid) ?? []), now])
      const section = sectionOf(payload) ?? Buffer.alloc(0)
      if (pid === PAT_PID) pmtPid = parsePat(section)?.[0]?.pmtPid ?? -1
      else if (pid === SDT_PID) sdt = Buffer.from(section).toString('hex')
      else ({ pcrPid, streams } = parsePmt(section) ?? { pcrPid, streams })
      continue
    }
    const { pts, bytes, streamId } = parsePesHeader(payload)
    const ms = (pts ?? 0) / TICKS_PER_MS
    if (!first.has(streamId)) first.set(streamId, ms)
    if (streamId !== VIDEO_ID) {
      audioTimes.push(ms)
      continue
    }
    now = ms
    videoSaysItsLength ||= bytes !== null
    if (pcr !== null) behind.push(ms - pcr / PCR_PER_MS)
  }
  const apart = Math.max(...gaps(audioTimes))
  return {
    ...{ pmtPid, pcrPid, streams, sdt, videoSaysItsLength },
    patMs: mean(gaps(tables.get(PAT_PID) ?? [])),
    pmtMs: mean(gaps(tables.get(pmtPid) ?? [])),
    sdtMs: mean(gaps(tables.get(SDT_PID) ?? [])),
    pcrMs: mostFrequent(gaps(pcrs)),
    pcrBehindMs: mostFrequent(behind),
    firstVideoMs: first.get(VIDEO_ID) ?? -1,
    firstAudioMs: first.get(AUDIO_ID) ?? -1,
    audioFramesPerPes: Math.round((apart * AAC_RATE) / AAC_FRAME_SAMPLES),
  }
}

const VIDEO_ID = 0xe0
const AUDIO_ID = 0xc0

function gaps(times: readonly number[]): number[] {
  return times.slice(1).map((time, i) => time - (times[i] ?? 0))
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
}

/** To the ms. */
function mostFrequent(values: readonly number[]): number {
  const counts = new Map<number, number>()
  for (const value of values.map(Math.round)) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? 0
}
