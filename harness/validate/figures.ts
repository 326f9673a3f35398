import type { EncoderEvidence, IngestEvent, IngestRecord } from '../conformance/ingest-record.ts'
import { framesOf, kbpsOf, type MediaFrame } from '../conformance/media-frames.ts'

/** What can be seen of the encoder at the moment; null where there is nothing to tell. */
export interface Figures {
  /** Of the session that is open, or was the last. */
  readonly connected: boolean
  readonly sessions: number
  readonly videoKbps: number | null
  readonly audioKbps: number | null
  readonly frameRate: number | null
  /** s between the last two key frames */
  readonly gopSeconds: number | null
  /** ms that the last frames came later than the quickest of the session, by their timestamps */
  readonly delayMs: number | null
  /** ms from the composition of the last key frame to its arrival by OBS's own clock (BPM) */
  readonly composedDelayMs: number | null
  /** Packets that were missing on their way in, and of those, how many never came. */
  readonly lost: number | null
  readonly gone: number | null
  readonly size: string | null
  readonly frames: number
}

/** ms over which rates are taken */
const WINDOW_MS = 2_000

export function figuresOf({ sessions }: EncoderEvidence, now: number): Figures {
  const withMedia = sessions.filter(({ frames }) => frames.at.length > 0)
  const record = withMedia.find(({ closedAt }) => closedAt === null) ?? withMedia.at(-1)
  const connected = sessions.some(({ closedAt }) => closedAt === null)
  const known = sessions.length
  if (!record) return { ...NOTHING, connected, sessions: known }
  const [video, audio] = [framesOf(record, 'video'), framesOf(record, 'audio')]
  const end = record.closedAt ?? now
  const since = end - record.openedAt - WINDOW_MS
  const recent = (frames: readonly MediaFrame[]) => frames.filter(({ at }) => at >= since)
  const [pictures, sounds] = [recent(video), recent(audio)]
  const keys = video.filter(({ key }) => key).slice(-2)
  const span = Math.min(WINDOW_MS, Math.max(1, end - record.openedAt - (video[0]?.at ?? 0)))
  const track = record.tracks.findLast(({ kind }) => kind === 'video')
  return {
    connected,
    sessions: known,
    videoKbps: video.length > 0 ? kbpsOf(pictures, span) : null,
    audioKbps: audio.length > 0 ? kbpsOf(sounds, span) : null,
    frameRate: video.length > 0 ? (pictures.length * 1000) / span : null,
    gopSeconds: keys.length === 2 ? (keys[1]!.media - keys[0]!.media) / 1000 : null,
    delayMs: delayOf(video, pictures),
    composedDelayMs: numberOf(
      record.events.find(({ type }) => type === 'bpm'),
      'delayMs',
    ),
    ...lossOf(record),
    size: track?.width && track.height ? `${track.width}x${track.height}` : null,
    frames: withMedia.reduce((sum, { frames }) => sum + frames.at.length, 0),
  }
}

const NOTHING: Figures = {
  ...{ connected: false, sessions: 0, videoKbps: null, audioKbps: null, frameRate: null },
  ...{ gopSeconds: null, delayMs: null, composedDelayMs: null },
  ...{ lost: null, gone: null, size: null, frames: 0 },
}

/** A frame's delay is its arrival less its decode time; only differences of it mean anything. */
function delayOf(all: readonly MediaFrame[], recent: readonly MediaFrame[]): number | null {
  if (recent.length === 0) return null
  let least = Number.POSITIVE_INFINITY
  for (const { at, media } of all) least = Math.min(least, at - media)
  let most = 0
  for (const { at, media } of recent) most = Math.max(most, at - media - least)
  return most
}

function lossOf({ events, protocol }: IngestRecord): Pick<Figures, 'lost' | 'gone'> {
  if (protocol === 'srt') {
    const stats = events.find(({ type }) => type === 'srt-stats')
    return { lost: numberOf(stats, 'lost'), gone: numberOf(stats, 'dropped') }
  }
  const streams = events.filter(({ type }) => type === 'rtp-stats')
  if (streams.length === 0) return { lost: null, gone: null }
  const sum = (field: string) =>
    streams.reduce((total, event) => total + (numberOf(event, field) ?? 0), 0)
  return { lost: sum('lost') + sum('recovered'), gone: sum('lost') }
}

function numberOf(event: IngestEvent | undefined, field: string): number | null {
  const value = event?.[field]
  return typeof value === 'number' ? value : null
}
