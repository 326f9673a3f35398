import type { Evidence, ObservedRule } from '../rule.ts'
import type { H5LiveEvidence } from './evidence.ts'
import { fragmentsOf, noMedia } from './seen-fragments.ts'

export const sequence: ObservedRule<H5LiveEvidence> = {
  kind: 'observed',
  id: 'h5live.sequence',
  level: 'must',
  title: 'Sequence numbers of fragments step by one',
  source: { document: 'ISO/IEC 14496-12', clause: '8.8.5' },
  advice: 'send every fragment once and in order; tell a viewer that was moved on that it was',
  mutants: [{ kind: 'fault', id: 'sequence-gap' }],
  check: ({ viewer }) => {
    const expected = 'each moof sequence number is the one before plus 1, skips told apart'
    const fragments = fragmentsOf(viewer)
    if (fragments.length < 2) {
      return { result: 'skipped', expected, actual: noMedia(viewer) ?? 'only one fragment arrived' }
    }
    const broken: Evidence[] = []
    let skips = 0
    for (const [index, { event, skipped }] of fragments.entries()) {
      const before = fragments[index - 1]?.event.sequence
      if (before === undefined) continue
      if (skipped && event.sequence > before) skips++
      else if (event.sequence !== before + 1) {
        broken.push({ note: `${before}, then ${event.sequence}`, at: event.at })
      }
    }
    const actual =
      broken.length === 0
        ? `${fragments.length} fragments${skips > 0 ? `, ${skips} skips told` : ', no gap'}`
        : `${broken.length} wrong steps in ${fragments.length} fragments`
    const evidence = broken.slice(0, 10)
    return { result: broken.length === 0 ? 'holds' : 'broken', expected, actual, evidence }
  },
}
