import { z } from 'zod'
import { sessionRule } from '../encoder/rule-of.ts'
import { broken, holds, skipped } from '../findings.ts'
import { eventOf, onSrt } from '../srt-client/srt-events.ts'
import { faultsOf, tsStatsOf } from './ts-stats.ts'

const NOTHING = 'no transport stream came'
const SYNC = 'the sync byte 0x47 every 188 bytes'

export const sync = sessionRule(
  {
    id: 'ts.sync',
    level: 'must',
    title: 'there is a sync byte every 188 bytes',
    source: { document: 'ISO 13818-1', clause: '2.4.3.3' },
    advice: 'Send nothing but whole transport packets.',
    mutants: ['ts-shift'],
  },
  onSrt(SYNC, (record) => {
    const stats = tsStatsOf(record)
    if (!stats) return skipped(SYNC, NOTHING)
    const { sync: lost } = stats.faults
    const actual = `lost ${lost} times in ${Math.floor(stats.bytes / 188)} packets`
    return lost > 0 ? broken(SYNC, actual, faultsOf(record, 'sync')) : holds(SYNC, 'always there')
  }),
)

const CONTINUITY = 'the continuity counter of each PID steps by one'

export const continuity = sessionRule(
  {
    id: 'ts.continuity',
    level: 'must',
    title: 'continuity counters step by one',
    source: { document: 'ETSI TR 101 290', clause: '1.4' },
    advice: 'Count the packets of each PID, tables included.',
    mutants: ['cc-errors'],
  },
  onSrt(CONTINUITY, (record) => {
    const stats = tsStatsOf(record)
    if (!stats) return skipped(CONTINUITY, NOTHING)
    const dropped = Number(eventOf(record, 'srt-stats')?.['dropped'] ?? 0)
    const { continuity: errors } = stats.faults
    if (errors > 0 && dropped > 0) {
      return skipped(CONTINUITY, `${dropped} packets were lost on the way`)
    }
    return errors > 0
      ? broken(CONTINUITY, `${errors} errors`, faultsOf(record, 'continuity'))
      : holds(CONTINUITY, 'no error')
  }),
)

const STREAMS = 'one program with one H.264 and at most one AAC'
const streamsSchema = z.object({
  programs: z.number(),
  streams: z.array(z.object({ pid: z.number(), codec: z.string() })),
})

export const streams = sessionRule(
  {
    id: 'ts.streams',
    level: 'must',
    title: 'the program has one H.264 stream and at most one of AAC',
    source: { document: 'nanoStream Cloud documentation, SRT ingest', clause: 'MPEG-TS' },
    advice: 'Send one program with one video and one audio stream.',
    mutants: ['two-videos'],
  },
  onSrt(STREAMS, (record) => {
    const event = eventOf(record, 'ts-streams')
    const read = streamsSchema.safeParse(event)
    if (!event || !read.success) return skipped(STREAMS, 'no program map table came')
    const codecs = read.data.streams.map(({ codec }) => codec)
    const count = (codec: string) => codecs.filter((one) => one === codec).length
    const media = codecs.filter((codec) => !codec.startsWith('ts-')).length
    const actual = `${read.data.programs} program, ${codecs.join(' + ') || 'no stream'}`
    const sound = count('avc1') === 1 && count('mp4a') <= 1 && media <= 1 + count('mp4a')
    return sound && read.data.programs === 1
      ? holds(STREAMS, actual)
      : broken(STREAMS, actual, [{ note: actual, at: event.at }])
  }),
)
