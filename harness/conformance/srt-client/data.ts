import { sessionRule } from '../encoder/rule-of.ts'
import { broken, holds, skipped } from '../findings.ts'
import { eventOf, numberOf, onSrt } from './srt-events.ts'

const MAX_PAYLOAD = 1_456
const PAYLOAD = `whole transport packets of 188 bytes, at most ${MAX_PAYLOAD} bytes in one packet`

export const payload = sessionRule(
  {
    id: 'srt.client.payload',
    level: 'must',
    title: 'each packet carries whole transport packets',
    source: { document: 'draft-sharabayko-srt', clause: '§3.1, §7.1' },
    advice: 'Send 1316 bytes (seven transport packets) in each SRT packet.',
    mutants: ['payload-1000'],
  },
  onSrt(PAYLOAD, (record) => {
    const stats = eventOf(record, 'srt-stats')
    const packets = numberOf(stats, 'packets')
    if (packets === 0) return skipped(PAYLOAD, 'no data packet came')
    const largest = numberOf(stats, 'maxPayload')
    const others = numberOf(stats, 'otherSizes')
    if (others > 0) {
      const size = numberOf(stats, 'firstOtherSize')
      const note = `${size} bytes`
      return broken(
        PAYLOAD,
        `${others} of ${packets} packets were of other sizes, such as ${note}`,
        [{ note, at: numberOf(stats, 'firstOtherAt') }],
      )
    }
    if (largest > MAX_PAYLOAD) return broken(PAYLOAD, `${largest} bytes`)
    return holds(PAYLOAD, `${packets} packets of at most ${largest} bytes`)
  }),
)

const RETRANSMITS = 'what a NAK asks for comes again with the R flag, within the latency'

export const retransmits = sessionRule(
  {
    id: 'srt.client.retransmits',
    level: 'must',
    title: 'a NAK is answered within the latency, with the retransmission flag set',
    source: { document: 'draft-sharabayko-srt', clause: '§4.8' },
    advice: 'Keep sent packets for the latency, and send those again that a NAK names.',
    mutants: ['ignores-nak'],
  },
  onSrt(RETRANSMITS, (record) => {
    const probes = record.events.filter(({ type }) => type === 'srt-nak-probe')
    const latencyMs = numberOf(eventOf(record, 'srt-handshake'), 'latencyMs')
    const end = (record.closedAt ?? Number.POSITIVE_INFINITY) - record.openedAt
    // One that was asked just before the end had no time to be answered.
    const judged = probes.filter(({ at }) => at + latencyMs < end)
    if (judged.length === 0) return skipped(RETRANSMITS, 'nothing was asked for again')
    const bad = judged.flatMap((probe) => {
      const { at } = probe
      const took = probe['answeredMs']
      const note = `packet ${String(probe['sequence'])}`
      if (typeof took !== 'number') return [{ at, note: `${note} never came again` }]
      if (probe['retransmitFlag'] !== true) return [{ at, note: `${note} came without the R flag` }]
      return took > latencyMs ? [{ at, note: `${note} took ${took} ms` }] : []
    })
    const actual = `${judged.length - bad.length} of ${judged.length} answered`
    // A packet may be lost on its way once; a sender that ignores NAKs answers none.
    return bad.length * 2 >= judged.length
      ? broken(RETRANSMITS, actual, bad)
      : holds(RETRANSMITS, actual, bad)
  }),
)
