import { sessionRule } from '../encoder/rule-of.ts'
import { broken, holds, skipped } from '../findings.ts'
import { framesOf } from '../media-frames.ts'

const KINDS = ['video', 'audio'] as const

export const sequenceHeaders = sessionRule(
  {
    id: 'rtmp.client.sequence-headers',
    level: 'must',
    title: 'sequence headers come before the first frames',
    source: { document: 'Adobe FLV 10.1', clause: 'E.4.2.1, E.4.3.1' },
    advice: 'Send the AVC and the AAC sequence header once, before the first frame of each.',
    mutants: ['no-sps'],
  },
  (record) => {
    const expected = 'a sequence header before the first frame of each track'
    const wrong: { note: string; at: number; frame: number }[] = []
    let judged = 0
    for (const kind of KINDS) {
      const first = framesOf(record, kind)[0]
      if (!first) continue
      judged++
      const announced = record.tracks.find((track) => track.kind === kind)
      if (announced && announced.at <= first.at) continue
      const what = announced
        ? `${kind} before its sequence header`
        : `${kind} without sequence header`
      wrong.push({ note: what, at: first.at, frame: 0 })
    }
    if (judged === 0) return skipped(expected, 'no media')
    if (wrong.length === 0) return holds(expected, 'as expected')
    return broken(expected, wrong.map(({ note }) => note).join(', '), wrong)
  },
)
