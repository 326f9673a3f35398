import { sessionRule } from '../encoder/rule-of.ts'
import { broken, holds, skipped } from '../findings.ts'

export const acknowledges = sessionRule(
  {
    id: 'rtmp.client.acknowledges',
    level: 'should',
    title: 'an Acknowledgement comes within each announced window',
    source: { document: 'RTMP 1.0', clause: '§5.4.3' },
    advice: 'Acknowledge each time that as many bytes arrived as the server announced.',
    mutants: ['no-ack'],
  },
  ({ events }) => {
    const expected = 'an Acknowledgement for every announced window of received bytes'
    const sent = events.filter(({ type }) => type === 'sent-window')
    if (sent.length === 0) return skipped(expected, 'the server sent less than one window')
    const acks = events.filter(({ type }) => type === 'ack')
    if (acks.length > 0) return holds(expected, `${acks.length} acknowledgements`)
    const first = sent[0]
    return broken(expected, 'none', [{ note: 'a window of bytes was sent', at: first?.at ?? 0 }])
  },
)
