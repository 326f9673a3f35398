import { sessionRule } from '../encoder/rule-of.ts'
import { broken, count, holds, skipped } from '../findings.ts'

/** ms that an Acknowledgement may take, network included. */
const GRACE_MS = 2_000

export const acknowledges = sessionRule(
  {
    id: 'rtmp.client.acknowledges',
    level: 'should',
    title: 'an Acknowledgement comes for each announced window',
    source: { document: 'RTMP 1.0', clause: '§5.4.3' },
    advice: 'Acknowledge each time that as many bytes arrived as the server announced.',
    mutants: ['no-ack'],
  },
  ({ events, openedAt, closedAt, frames }) => {
    const expected = 'an Acknowledgement within 2 s of each announced window of bytes'
    const acks = events.filter(({ type }) => type === 'ack')
    const windows = events.filter(({ type }) => type === 'window-sent')
    const end = closedAt === null ? (frames.at.at(-1) ?? 0) : closedAt - openedAt
    const overdue = windows.filter(
      (sent) =>
        end >= sent.at + GRACE_MS &&
        !acks.some(({ at }) => at >= sent.at && at <= sent.at + GRACE_MS),
    )
    const first = overdue[0]
    if (first) {
      const note = `${String(first['bytesSent'])} bytes sent, the window is ${String(first['size'])}`
      return broken(expected, `none for ${count(overdue.length, 'window')}`, [
        { note, at: first.at },
      ])
    }
    if (acks.length === 0) return skipped(expected, 'the server sent less than one window')
    return holds(expected, count(acks.length, 'Acknowledgement'))
  },
)
