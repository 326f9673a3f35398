import type { MarkRecord } from '../report/run-record.ts'
import type { ViewerRecord } from '../viewers/viewer-record.ts'
import type { Span } from './link-record.ts'

/** ms without a video frame from which on the picture is said to stand still. */
const STALL_MS = 500

/** What happened to one viewer, in ms since the scenario began; ascending. */
export function viewerMarks(of: string, record: ViewerRecord, span: Span): MarkRecord[] {
  const offset = record.openedAt - span.startedAt
  const marks = [...told(of, record), ...stalls(of, record, span)]
  return marks
    .map((mark) => ({
      ...mark,
      at: mark.at + offset,
      ...(mark.until === undefined ? {} : { until: mark.until + offset }),
    }))
    .sort((a, b) => a.at - b.at)
}

/** What the target said, and how the connection ended unless the viewer itself ended it. */
function told(of: string, { kind, events, close }: ViewerRecord): MarkRecord[] {
  const marks: MarkRecord[] = []
  let inits = 0
  for (const event of events) {
    if (event.type === 'text') {
      const mark = statusMark(event.text)
      if (mark) marks.push({ at: event.at, of, ...mark })
    }
    // Where no message can tell of a seam, the second init segment does.
    if (event.type === 'init' && inits++ > 0 && kind !== 'h5live')
      marks.push({ at: event.at, of, kind: 'discontinuity', label: 'new init segment' })
    if (event.type === 'malformed')
      marks.push({ at: event.at, of, kind: 'status', label: `unreadable: ${event.code}` })
  }
  if (close && close.by !== 'viewer' && !marks.some((mark) => mark.kind === 'end')) {
    const why = [close.code, close.reason].filter((part) => part !== null && part !== '').join(' ')
    const label = `${close.by === 'server' ? 'closed by the target' : close.by} ${why}`.trim()
    marks.push({ at: close.at, of, kind: 'end', label })
  }
  return marks
}

function statusMark(text: string): Pick<MarkRecord, 'kind' | 'label'> | null {
  const { status, reason, code } = statusOf(text)
  const why = reason ?? code
  const label = why === undefined ? `${status}` : `${status}: ${why}`
  if (status === 'discontinuity') return { kind: 'discontinuity', label }
  if (status === 'ended' || status === 'error') return { kind: 'end', label }
  return null
}

/** Fields of a status message; nothing of any other, and of what is no JSON. */
function statusOf(text: string): { status?: string; reason?: string; code?: string | number } {
  try {
    const message: unknown = JSON.parse(text)
    const { type, data } = (message ?? {}) as { type?: unknown; data?: unknown }
    if (type !== 'status' || typeof data !== 'object' || data === null) return {}
    const field = (name: string) => {
      const value: unknown = Reflect.get(data, name)
      return typeof value === 'string' || typeof value === 'number'
        ? { [name]: String(value).slice(0, 80) }
        : {}
    }
    return { ...field('status'), ...field('reason'), ...field('code') }
  } catch {
    return {}
  }
}

/** Gaps between video frames, also the one that had not ended yet. */
function stalls(of: string, record: ViewerRecord, { until }: Span): MarkRecord[] {
  const video = new Set<number>()
  const marks: MarkRecord[] = []
  let last: number | null = null
  const frameAt = (at: number) => {
    if (last !== null && at - last > STALL_MS) {
      const seconds = ((at - last) / 1000).toFixed(1)
      marks.push({ at: last, until: at, kind: 'stall', label: `no frame for ${seconds} s`, of })
    }
    last = at
  }
  let over = record.close !== null || record.truncated
  for (const event of record.events) {
    if (event.type === 'init')
      for (const { id, kind } of event.init.tracks) if (kind === 'video') video.add(id)
    if (event.type === 'text') over ||= statusMark(event.text)?.kind === 'end'
    if (event.type === 'fragment' && event.tracks.some(({ trackId }) => video.has(trackId)))
      frameAt(event.at)
  }
  if (!over && last !== null) frameAt(until - record.openedAt)
  return marks
}
